// SPDX-License-Identifier: Apache-2.0
// When an array does what within one instruction, operands arriving in time: closed forms.
#pragma once

#include "arch/pe/gemm.h"

namespace npulse::arch {

/// Cycles after the first operand row enters the array, unless said otherwise.
struct Schedule {
  Cycles load{};         ///< Before it: loading the first stationary tile.
  Cycles load_free{};    ///< The next instruction may begin to load.
  Cycles stream_free{};  ///< The next instruction may begin to stream.
  Cycles finish{};       ///< The last result is out.
  Traffic traffic;
};

/// Derived in docs/array.md. One fold is one tile of the stationary operand, of rows x cols even
/// when the tile is smaller. With R rows, C columns and T streamed operands a fold:
///   os, T = depth:   folds * (R + C + T - 2) - 1
///   ws (T = m) and is (T = n), one weight buffer:   folds * (2R + C + T - 2) - 1
///   two weight buffers:   R + (folds - 1) * max(R, T) + T + (R + C - 2) - 1
/// The first two are SCALE-Sim v3's totals; the -1 is its count from cycle 0. With two buffers a
/// fold's load runs behind the one that streams, as in TPU v1. keep_weights skips load and
/// reads of a b of one fold on ws; several displace one another, and os and is hold no b from one
/// product to the next.
Schedule systolic_schedule(const SystolicParams& params, const Gemm& gemm);

/// count * ceil(m/m0) * ceil(n/n0) * ceil(depth/k0) steps, results `latency` later. The
/// operand of fewer bytes is held in the buffer and the other streams once per fill of it.
Schedule dot_product_schedule(const DotProductParams& params, const Gemm& gemm, int a_bits,
                              int b_bits);

}  // namespace npulse::arch
