// SPDX-License-Identifier: Apache-2.0
// What the reader and the writers of parameters know about a scalar's type: text in, text out.
#pragma once

#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/enum_names.h"
#include "sim/core/error.h"
#include "sim/core/params.h"
#include "sim/core/units_text.h"

namespace npulse {

template <class T>
concept QuantityType = requires(T t) {
  typename T::rep;
  unit_suffixes(t);
};

template <class T>
concept NumberType = std::integral<T> || std::floating_point<T>;

/// Anything that stands in a YAML file as one scalar.
template <class T>
concept ScalarType =
    NumberType<T> || QuantityType<T> || NamedEnum<T> || std::same_as<T, std::string>;

template <ScalarType T>
std::string scalar_text(const T& value) {
  if constexpr (std::same_as<T, std::string>) {
    return value;
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (NamedEnum<T>) {
    return to_string(value);
  } else if constexpr (QuantityType<T>) {
    return quantity_text(value.count(), unit_suffixes(value));
  } else if constexpr (std::integral<T>) {
    return number_text(static_cast<std::int64_t>(value));
  } else {
    return number_text(static_cast<double>(value));
  }
}

/// `must be between 1 and 64`, each bound in the parameter's own unit.
template <class T>
std::string limits_text(Limits limits) {
  const auto bound = [](double value) {
    if constexpr (QuantityType<T>) {
      return scalar_text(T{static_cast<typename T::rep>(value)});
    } else {
      return number_text(value);
    }
  };
  const bool below = limits.max < std::numeric_limits<double>::infinity();
  const bool above = limits.min > -std::numeric_limits<double>::infinity();
  if (above && below) return "between " + bound(limits.min) + " and " + bound(limits.max);
  if (above) return "at least " + bound(limits.min);
  return below ? "at most " + bound(limits.max) : "";
}

inline std::string outside(double value, Limits limits, const std::string& allowed) {
  return value < limits.min || value > limits.max ? "must be " + allowed : "";
}

template <NamedEnum T>
Diagnostic parse_name(std::string_view text, T& out) {
  const auto value = parse_enum<T>(text);
  if (value) out = *value;
  const auto names = all_names<T>();
  if (value) return {};
  return {{}, "must be one of " + join(names), did_you_mean(text, names)};
}

template <std::integral T>
std::string parse_integer(std::string_view text, T& out) {
  std::int64_t value = 0;
  if (std::string wrong = parse_text(text, value); !wrong.empty()) return wrong;
  if (!std::in_range<T>(value)) {
    return "must be between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
           std::to_string(std::numeric_limits<T>::max());
  }
  out = static_cast<T>(value);
  return {};
}

/// Parses and checks one scalar; a Diagnostic without message means that `out` is set.
template <ScalarType T>
Diagnostic parse_scalar(std::string_view text, T& out, Limits limits) {
  std::string wrong;
  if constexpr (std::same_as<T, std::string>) {
    out = text;
  } else if constexpr (NamedEnum<T>) {
    return parse_name(text, out);
  } else if constexpr (std::same_as<T, bool>) {
    wrong = parse_text(text, out);
  } else if constexpr (QuantityType<T>) {
    typename T::rep value{};
    wrong = parse_quantity(text, unit_suffixes(out), value);
    if (wrong.empty()) wrong = outside(static_cast<double>(value), limits, limits_text<T>(limits));
    if (wrong.empty()) out = T{value};
  } else {
    if constexpr (std::integral<T>) wrong = parse_integer(text, out);
    if constexpr (std::floating_point<T>) wrong = parse_text(text, out);
    if (wrong.empty()) wrong = outside(static_cast<double>(out), limits, limits_text<T>(limits));
  }
  return {{}, wrong, {}};
}

}  // namespace npulse
