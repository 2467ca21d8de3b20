// SPDX-License-Identifier: Apache-2.0
// How fast an array multiplies each element type, and which sparsity patterns it skips.
#pragma once

#include <optional>
#include <string_view>

#include "arch/pe/params.h"

namespace npulse::arch {

/// Products that one multiplier makes in a cycle. Eighths, so that time stays integer.
struct Rate {
  std::int64_t eighths = 8;

  /// Nothing unless `rate` is a whole number of eighths from 1/8 to 64.
  static std::optional<Rate> from(double rate);
  bool operator==(const Rate&) const = default;
};

/// Nothing when the array does not support `type`.
std::optional<Rate> rate_of(const PeParams& params, isa::DataType type);

/// At most n of every m consecutive elements along k are not zero.
struct Sparsity {
  std::int64_t n = 1, m = 1;  ///< 1:1 is dense.

  /// Reads `2:4`; nothing unless 0 < n < m <= 255.
  static std::optional<Sparsity> parse(std::string_view text);
  bool operator==(const Sparsity&) const = default;
};

}  // namespace npulse::arch
