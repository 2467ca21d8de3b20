// SPDX-License-Identifier: Apache-2.0
#include "arch/pe/gemm.h"

#include "isa/shapes.h"

namespace npulse::arch {
namespace {

std::string supported_types(const PeParams& params) {
  std::vector<std::string> names;
  for (const auto& [name, rate] : params.rates) names.push_back(name);
  return join(names);
}

Rate supported_rate(const PeParams& params, const char* op, isa::DataType type) {
  if (const auto rate = rate_of(params, type)) return *rate;
  throw InputError{op,
                   "the array has no rate for type " + std::string{to_string(type)} + "; it has " +
                       supported_types(params),
                   "add the type to the chip's pe.rates, or lower the program for this chip"};
}

Rate rate_for(const PeParams& params, const char* op, isa::DataType a, isa::DataType b) {
  supported_rate(params, op, a);
  supported_rate(params, op, b);
  return supported_rate(params, op, wider(a, b));
}

Sparsity supported_sparsity(const PeParams& params, const isa::Mm& mm) {
  if (mm.sparse_m == 0) return {};
  const Sparsity wanted{mm.sparse_n, mm.sparse_m};
  for (const auto& pattern : params.sparsity) {
    if (Sparsity::parse(pattern) == wanted) return wanted;
  }
  const std::string text = std::to_string(mm.sparse_n) + ":" + std::to_string(mm.sparse_m);
  throw InputError{"mm",
                   "the array does not skip zeros of pattern " + text + "; it skips " +
                       (params.sparsity.empty() ? "none" : join(params.sparsity)),
                   "use dense weights, or add the pattern to the chip's pe.sparsity"};
}

/// Sets what depends on rate and sparsity.
Gemm with_depth(Gemm gemm, Rate rate, Sparsity sparsity) {
  gemm.kept_k = ceil_div(product({gemm.k, sparsity.n}), sparsity.m);
  gemm.depth = ceil_div(product({gemm.kept_k, 8}), rate.eighths);
  ensure(gemm.m > 0 && gemm.n > 0 && gemm.k > 0 && gemm.count > 0, "an array got an empty product");
  return gemm;
}

}  // namespace

isa::DataType wider(isa::DataType a, isa::DataType b) {
  return isa::bits_of(b) > isa::bits_of(a) ? b : a;
}

Gemm gemm_of(const PeParams& params, const isa::Mm& mm) {
  const Rate rate = rate_for(params, "mm", mm.a_type, mm.b_type);
  const Sparsity sparsity = supported_sparsity(params, mm);
  return with_depth({.m = mm.m,
                     .n = mm.n,
                     .k = mm.k,
                     .accumulate = mm.accumulate,
                     .keep_weights = mm.keep_weights},
                    rate, sparsity);
}

Gemm gemm_of(const PeParams& params, const isa::Conv& conv) {
  const Rate rate = rate_for(params, "conv", conv.ifm_type, conv.weight_type);
  const isa::ConvOutput out = isa::conv_output(conv);
  return with_depth({.m = product({out.h, out.w}),
                     .n = conv.oc / conv.groups,
                     .k = product({conv.kh, conv.kw, conv.c / conv.groups}),
                     .count = conv.groups,
                     .taps = product({conv.kh, conv.kw}),
                     .lines = out.h,
                     .accumulate = conv.accumulate},
                    rate, {});
}

std::int64_t packed_bytes(std::int64_t elements, int bits) {
  return product({elements / 8, bits}) + ceil_div<std::int64_t>(elements % 8 * bits, 8);
}

std::int64_t product(std::initializer_list<std::int64_t> factors) {
  std::int64_t result = 1;
  for (const std::int64_t factor : factors) {
    if (__builtin_mul_overflow(result, factor, &result)) {
      throw InputError{"mm", "the product is too large for 64-bit counts",
                       "split it into smaller instructions"};
    }
  }
  return result;
}

}  // namespace npulse::arch
