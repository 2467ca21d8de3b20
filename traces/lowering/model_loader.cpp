// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model_loader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "sim/core/error.h"
#include "traces/lowering/hf_config.h"

namespace npulse::lowering {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGemm = "gemm:";
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 20;  // so that m * n * k fits 64 bits

std::int64_t parse_extent(std::string_view digits, const std::string& whole) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value < 1 ||
      value > kMaxExtent) {
    throw InputError{whole,
                     "'" + std::string{digits} + "' is not a whole number from 1 to " +
                         std::to_string(kMaxExtent),
                     "write gemm:M,N,K, as in gemm:2048,4096,4096"};
  }
  return value;
}

Gemm parse_gemm(const std::string& text) {
  std::vector<std::int64_t> extents;
  std::string_view rest = std::string_view{text}.substr(kGemm.size());
  for (;;) {
    const auto comma = rest.find(',');
    extents.push_back(parse_extent(rest.substr(0, comma), text));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (extents.size() != 3) {
    throw InputError{text, "has " + std::to_string(extents.size()) + " extents instead of 3",
                     "write gemm:M,N,K, as in gemm:2048,4096,4096"};
  }
  return {extents[0], extents[1], extents[2]};
}

bool is_gemm(const std::string& text) {
  return text.starts_with(kGemm);
}

bool is_config(const fs::path& path) {
  return fs::is_directory(path) ? fs::exists(path / "config.json")
                                : fs::exists(path) && path.extension() == ".json";
}

}  // namespace

std::vector<std::string> model_names(const fs::path& folder) {
  std::vector<std::string> names;
  if (!fs::is_directory(folder)) return names;
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool names_model(const std::string& text, const fs::path& folder) {
  return is_gemm(text) || fs::exists(folder / (text + ".json")) || is_config(text);
}

fs::path find_config(const std::string& text, const fs::path& folder) {
  const fs::path shipped = folder / (text + ".json");
  if (fs::exists(shipped)) return shipped;
  if (fs::is_directory(text)) return fs::path{text} / "config.json";
  if (fs::exists(text)) return text;
  const auto names = model_names(folder);
  throw InputError{text, "no such model or file; models: " + join(names) + ", gemm:M,N,K",
                   did_you_mean(text, names)};
}

Model load_model(const std::string& text, const fs::path& folder) {
  if (is_gemm(text)) return parse_gemm(text);
  return load_hf_config(find_config(text, folder)).model;
}

}  // namespace npulse::lowering
