// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/rates.h"

#include <charconv>
#include <cmath>

namespace npulse::arch {
namespace {

constexpr double kMaxRate = 64;

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Rate> Rate::from(double rate) {
  const double eighths = rate * 8;
  if (!(eighths >= 1) || rate > kMaxRate || eighths != std::floor(eighths)) return std::nullopt;
  return Rate{static_cast<std::int64_t>(eighths)};
}

std::optional<Rate> rate_of(const PeParams& params, isa::DataType type) {
  const auto found = params.rates.find(to_string(type));
  return found == params.rates.end() ? std::nullopt : Rate::from(found->second);
}

std::optional<Sparsity> Sparsity::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto n = parse_number(text.substr(0, colon));
  const auto m = parse_number(text.substr(colon + 1));
  if (!n || !m || *n <= 0 || *n >= *m || *m > 255) return std::nullopt;
  return Sparsity{*n, *m};
}

}  // namespace npulse::arch
