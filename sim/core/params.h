// SPDX-License-Identifier: Apache-2.0
// How a parameter is described, once. A parameter struct T has
//
//   std::int64_t rows = 8;
//   template <class V> static void describe(V& field) {
//     field("rows", &T::rows, "count", "Rows of processing elements.", at_least(1));
//   }
//
// and from that one line it reaches the YAML reader (config.h), the effective-config dump, the
// JSON schema, docs/parameters.md and the Python property. Field types: bool, int64, double,
// string, named enums, Quantity, Described structs, and optional, vector or map<string, .> of them.
#pragma once

#include <limits>

namespace npulse {

/// Closed range of a number; outside it is an error that names the range.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

constexpr Limits at_least(double min) { return {min, std::numeric_limits<double>::infinity()}; }
constexpr Limits between(double min, double max) { return {min, max}; }

namespace detail {
struct AnyField {
  template <class T, class M>
  void operator()(const char*, M T::*, const char*, const char*, Limits = {}) const {}
};
}  // namespace detail

template <class T>
concept Described = requires(const detail::AnyField& field) { T::describe(field); };

}  // namespace npulse
