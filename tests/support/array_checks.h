// SPDX-License-Identifier: Apache-2.0
// What tests of the array's closed forms have in common.
#pragma once

#include <fmt/format.h>

#include "arch/pe/gemm.h"
#include "tests/support/array_model.h"

namespace npulse::test {

/// An array that its edges never slow down.
inline arch::PeParams wide_array(const arch::SystolicParams& shape) {
  arch::PeParams params;
  params.systolic = shape;
  params.read_bytes_per_cycle = params.write_bytes_per_cycle = 1 << 30;
  return params;
}

/// At one product a cycle in each multiplier.
inline arch::Gemm gemm_of(const Product& product) {
  const std::int64_t k = rows_of(product.b);
  return {.m = rows_of(product.a),
          .n = cols_of(product.b),
          .k = k,
          .kept_k = k,
          .depth = k,
          .keep_weights = product.keep_weights};
}

inline std::string text_of(const arch::Traffic& traffic) {
  return fmt::format("a {}, b {}, c read {}, written {}", traffic.a_reads, traffic.b_reads,
                     traffic.c_reads, traffic.c_writes);
}

}  // namespace npulse::test
