// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model_sheet.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::lowering {
namespace {

constexpr std::int64_t kKvBytes = 2;  // bf16

std::string billions(std::int64_t parameters) {
  return fmt::format("{:.2f} B", static_cast<double>(parameters) / 1e9);
}

std::vector<ConfigFigure> sizes(const Transformer& model) {
  const std::int64_t all = model.parameters(), active = model.active_parameters();
  const std::int64_t read = model.parameters_read();
  return {{"parameters", std::to_string(all), billions(all)},
          {"active_parameters", std::to_string(active), billions(active) + " for one token"},
          {"parameters_read", std::to_string(read),
           billions(read) + " for one token: of the embeddings one row, unless they are the head"},
          {"kv_bytes_per_token", std::to_string(kKvBytes * model.kv_elements_per_token()),
           model.latent ? "in bf16; latent vectors" : "in bf16"}};
}

void add(std::string& text, const std::vector<ConfigFigure>& figures) {
  std::size_t width = 0;
  for (const auto& [key, value, note] : figures) width = std::max(width, key.size() + value.size());
  for (const auto& [key, value, note] : figures) {
    const std::string line = fmt::format("{}: {}", key, value);
    text += note.empty() ? line + "\n" : fmt::format("{:<{}}  # {}\n", line, width + 2, note);
  }
}

}  // namespace

std::string to_yaml(const HfConfig& config) {
  std::string text = "# " + config.model.name + "\n";
  add(text, sizes(config.model));
  text += "\n";
  add(text, config.figures);
  return text;
}

}  // namespace npulse::lowering
