// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "sim/core/decimal.h"
#include "sim/core/error.h"

namespace npulse {
namespace {

constexpr double kKi = 1024.0;
constexpr UnitSuffix kCycles[] = {{"cycles", 1}, {"cycle", 1}};
constexpr UnitSuffix kBytes[] = {{"B", 1},
                                 {"kB", 1e3},
                                 {"KiB", kKi},
                                 {"MB", 1e6},
                                 {"MiB", kKi* kKi},
                                 {"GB", 1e9},
                                 {"GiB", kKi* kKi* kKi},
                                 {"TB", 1e12},
                                 {"TiB", kKi* kKi* kKi* kKi}};
constexpr UnitSuffix kTime[] = {{"ps", 1}, {"ns", 1e3}, {"us", 1e6}, {"ms", 1e9}, {"s", 1e12}};
constexpr UnitSuffix kFrequency[] = {{"Hz", 1}, {"kHz", 1e3}, {"MHz", 1e6}, {"GHz", 1e9}};
constexpr UnitSuffix kEnergy[] = {{"fJ", 1e-3}, {"pJ", 1},   {"nJ", 1e3},
                                  {"uJ", 1e6},  {"mJ", 1e9}, {"J", 1e12}};
constexpr UnitSuffix kPower[] = {{"uW", 1e-3}, {"mW", 1}, {"W", 1e3}, {"kW", 1e6}};

std::optional<std::int64_t> parse_hex(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
  const bool good = error == std::errc{} && end == text.data() + text.size() && text[2] != '-';
  return good ? std::optional{value} : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

struct Split {
  std::string_view number;
  double scale = 1;
  std::string fault;  ///< Set when the suffix is unknown.
};

std::string suffix_list(std::span<const UnitSuffix> suffixes) {
  std::string text;
  for (const auto& suffix : suffixes) text += (text.empty() ? "" : ", ") + std::string{suffix.name};
  return text;
}

Split split(std::string_view text, std::span<const UnitSuffix> suffixes) {
  const std::size_t last = text.find_last_of("0123456789.");
  const std::size_t cut = last == std::string_view::npos ? text.size() : last + 1;
  const std::string_view suffix = trimmed(text.substr(cut));
  if (suffix.empty()) return {text, 1, {}};
  for (const auto& known : suffixes) {
    if (suffix == known.name) return {text.substr(0, cut), known.scale, {}};
  }
  return {text, 1, fmt::format("unknown unit '{}', allowed: {}", suffix, suffix_list(suffixes))};
}

std::string must_be_number(std::span<const UnitSuffix> suffixes) {
  return "must be a number with one of the units " + suffix_list(suffixes);
}

/// The largest unit in which the value has at most three decimals.
const UnitSuffix* readable_unit(std::int64_t value, std::span<const UnitSuffix> suffixes) {
  const UnitSuffix* best = nullptr;
  for (const auto& suffix : suffixes) {
    const auto scale = static_cast<std::int64_t>(suffix.scale);
    const std::int64_t rest = value % scale;
    const bool exact = rest == 0 || (scale % 1000 == 0 && rest % (scale / 1000) == 0);
    const bool larger = !best || suffix.scale > best->scale;
    if (larger && exact && (value >= scale || scale == 1)) best = &suffix;
  }
  return best;
}

}  // namespace

std::span<const UnitSuffix> unit_suffixes(Cycles) {
  return kCycles;
}
std::span<const UnitSuffix> unit_suffixes(Bytes) {
  return kBytes;
}
std::span<const UnitSuffix> unit_suffixes(Picoseconds) {
  return kTime;
}
std::span<const UnitSuffix> unit_suffixes(Hertz) {
  return kFrequency;
}
std::span<const UnitSuffix> unit_suffixes(Picojoules) {
  return kEnergy;
}
std::span<const UnitSuffix> unit_suffixes(Milliwatts) {
  return kPower;
}

const char* base_unit(std::span<const UnitSuffix> suffixes) {
  for (const auto& suffix : suffixes) {
    if (suffix.scale == 1) return suffix.name;
  }
  return "";
}

std::string parse_text(std::string_view text, bool& out) {
  if (text != "true" && text != "false") return "must be true or false";
  out = text == "true";
  return {};
}

std::string parse_text(std::string_view text, std::int64_t& out) {
  const auto number = parse_decimal(text);
  const auto value = number ? whole_multiple(*number, 1) : parse_hex(text);
  if (!value) return "must be a whole number";
  out = *value;
  return {};
}

std::string parse_text(std::string_view text, double& out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc{} && end == text.data() + text.size();
  if (!good || !std::isfinite(value)) return "must be a finite number";
  out = value;
  return {};
}

std::string parse_quantity(std::string_view text, std::span<const UnitSuffix> suffixes,
                           std::int64_t& out) {
  const Split parts = split(trimmed(text), suffixes);
  if (!parts.fault.empty()) return parts.fault;
  const auto number = parse_decimal(parts.number);
  if (!number) return must_be_number(suffixes);
  const auto value = whole_multiple(*number, static_cast<std::int64_t>(parts.scale));
  if (!value) return fmt::format("is not a whole number of {}", base_unit(suffixes));
  out = *value;
  return {};
}

std::string parse_quantity(std::string_view text, std::span<const UnitSuffix> suffixes,
                           double& out) {
  const Split parts = split(trimmed(text), suffixes);
  if (!parts.fault.empty()) return parts.fault;
  double value = 0;
  if (!parse_text(parts.number, value).empty()) return must_be_number(suffixes);
  out = value * parts.scale;
  return {};
}

std::string number_text(std::int64_t value) {
  return std::to_string(value);
}

std::string number_text(double value) {
  constexpr double kExact = 1e15;  // below, whole numbers are written without an exponent
  const bool whole_number = std::abs(value) < kExact && value == std::floor(value);
  return whole_number ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

std::string quantity_text(std::int64_t value, std::span<const UnitSuffix> suffixes) {
  const bool one_unit = suffixes.back().scale == 1;
  if (one_unit) return number_text(value);
  const UnitSuffix* unit = readable_unit(value, suffixes);
  ensure(unit != nullptr, "every quantity has a base unit");
  const auto scale = static_cast<std::int64_t>(unit->scale);
  std::string text = number_text(value / scale);
  if (const std::int64_t rest = value % scale; rest != 0) {
    std::string decimals = fmt::format("{:03}", rest / (scale / 1000));
    decimals.resize(decimals.find_last_not_of('0') + 1);
    text += "." + decimals;
  }
  return text + " " + unit->name;
}

std::string quantity_text(double value, std::span<const UnitSuffix> suffixes) {
  return number_text(value) + " " + base_unit(suffixes);
}

}  // namespace npulse
