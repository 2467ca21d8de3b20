// SPDX-License-Identifier: Apache-2.0
// What mm and conv have in common: one or more equal matrix products.
#pragma once

#include "arch/pe/rates.h"
#include "isa/instruction.h"

namespace npulse::arch {

/// Product of factors >= 0; throws InputError when it leaves 64 bits.
std::int64_t product(std::initializer_list<std::int64_t> factors);

/// `count` times c[m,n] (+)= a[m,k] x b[k,n].
struct Gemm {
  std::int64_t m = 0, n = 0, k = 0;
  std::int64_t kept_k = 0;  ///< Of k, what N:M sparsity of b leaves; b is stored without the rest.
  std::int64_t depth = 0;   ///< Cycles in which one multiplier does kept_k products.
  std::int64_t count = 1;   ///< Groups of a convolution.
  std::int64_t taps = 1;   ///< Of a convolution: parts of depth that lie on the array apart, if so.
  std::int64_t lines = 1;  ///< Rows of output pixels that m consists of.
  bool accumulate = false;
  bool keep_weights = false;

  std::int64_t macs() const { return product({count, m, n, kept_k}); }
  std::int64_t a_elements() const { return product({count, m, k}); }
  std::int64_t b_elements() const { return product({count, kept_k, n}); }
  std::int64_t c_elements() const { return product({count, m, n}); }
};

/// Elements that cross the array's edge, rereads included.
struct Traffic {
  std::int64_t a_reads = 0, b_reads = 0, c_reads = 0, c_writes = 0;
};

/// The element type that sets the rate and the energy: the one with more bits, a if they are equal.
isa::DataType wider(isa::DataType a, isa::DataType b);

/// Throw InputError when the array lacks a type or the sparsity pattern.
Gemm gemm_of(const PeParams& params, const isa::Mm& mm);
/// The implicit product of a convolution (im2col), once a group: m output pixels, n channels out, k
/// taps. Each window is read anew; taps in the padding are read and multiplied like others.
Gemm gemm_of(const PeParams& params, const isa::Conv& conv);

/// Bytes of `elements` of `bits` each, packed.
std::int64_t packed_bytes(std::int64_t elements, int bits);

}  // namespace npulse::arch
