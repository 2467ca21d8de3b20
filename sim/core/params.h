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
// string, named enums, Quantity, Described structs, and optional, vector or map<string or enum, .>
// of them. Rules across fields: `void check(Faults& faults, const std::string& path) const`, run
// when every field of the struct was read without a fault; it adds faults at `join_path(path, "x")`.
#pragma once

#include <limits>

namespace npulse {

/// Closed range of a number (of every number, in a list or map); outside it is an error that names
/// the range. A required key has no usable default: leaving it out is an error.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool required = false;
};

constexpr Limits at_least(double min) { return {min, std::numeric_limits<double>::infinity()}; }
constexpr Limits between(double min, double max) { return {min, max}; }
constexpr Limits required(Limits limits = {}) { return {limits.min, limits.max, true}; }

namespace detail {
struct AnyField {
  template <class T, class M>
  void operator()(const char*, M T::*, const char*, const char*, Limits = {}) const {}
};
}  // namespace detail

template <class T>
concept Described = requires(const detail::AnyField& field) { T::describe(field); };

}  // namespace npulse
