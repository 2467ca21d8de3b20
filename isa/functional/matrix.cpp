// SPDX-License-Identifier: Apache-2.0
// Sums of products: mm, conv and pim. Integers are exact (modulo 2^64); otherwise products and sums
// are fp32, each rounded, in the order of k; a narrower c rounds every sum.
#include <fmt/format.h>

#include <bit>

#include "isa/functional/machine.h"
#include "isa/functional/numbers.h"
#include "isa/shapes.h"
#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

template <class T>
std::vector<T> numbers(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

struct ExactSums {
  using Number = std::int64_t;
  static Number add(Number sum, Number a, Number b) {
    return static_cast<Number>(static_cast<std::uint64_t>(sum) +
                               static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
};

struct Fp32Sums {
  using Number = float;
  static Number add(Number sum, Number a, Number b) { return sum + a * b; }
};

struct NarrowSums {
  using Number = float;
  DataType type;
  Number add(Number sum, Number a, Number b) const {
    return static_cast<float>(rounded(type, static_cast<double>(sum + a * b)));
  }
};

/// Calls f with the arithmetic of these types.
template <class F>
void with_arithmetic(DataType a, DataType b, DataType c, F&& f) {
  if (is_integer(a) && is_integer(b) && is_integer(c)) return f(ExactSums{});
  if (is_integer(c) || c == DataType::fp32) return f(Fp32Sums{});
  f(NarrowSums{c});
}

/// What a sum begins with: what lies there, or 0.
std::vector<double> initial(const Site& site, const Operand& at, std::int64_t elements,
                            DataType type, bool accumulate) {
  if (accumulate) return site.read(at, elements, type);
  return std::vector<double>(static_cast<std::size_t>(elements));
}

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// b of k x n, from [n, k] if it is stored so.
std::vector<double> as_rows_of_k(std::vector<double> b, const Mm& op) {
  if (!op.b_transposed) return b;
  std::vector<double> out(b.size());
  for (std::int64_t j = 0; j < op.n; ++j) {
    for (std::int64_t p = 0; p < op.k; ++p) out[index(p * op.n + j)] = b[index(j * op.k + p)];
  }
  return out;
}

/// b of k x n from its kept values and their places (N:M).
std::vector<double> expand_sparse(const Site& site, const Mm& op) {
  const std::int64_t groups = ceil_div<std::int64_t>(op.k, op.sparse_m);
  const std::int64_t depth = groups * op.sparse_n, kept = depth * op.n;
  const int bits = std::bit_width(static_cast<unsigned>(op.sparse_m - 1));
  const std::vector<double> values = site.read(op.b, kept, op.b_type);
  Operand places_at = op.b;
  places_at.address += static_cast<Address>(bytes_of(kept, op.b_type).count());
  const auto places =
      site.read_codes(places_at, ceil_div<std::int64_t>(kept * bits, 8), DataType::i8);
  std::vector<double> out(index(op.k * op.n));
  for (std::int64_t i = 0; i < kept; ++i) {
    const std::int64_t row = op.b_transposed ? i % depth : i / op.n;
    const std::int64_t column = op.b_transposed ? i / depth : i % op.n;
    std::int64_t place = 0;
    for (int b = 0; b < bits; ++b) {
      const std::int64_t at = i * bits + b;
      place |= static_cast<std::int64_t>(places[index(at / 8)] >> (at % 8) & 1U) << b;
    }
    const std::int64_t p = row / op.sparse_n * op.sparse_m + place;
    if (place < op.sparse_m && p < op.k) out[index(p * op.n + column)] = values[index(i)];
  }
  return out;
}

std::vector<double> right_side(const Site& site, const Mm& op) {
  if (op.sparse_m != 0) return expand_sparse(site, op);
  return as_rows_of_k(site.read(op.b, op.k * op.n, op.b_type), op);
}

struct Matrices {
  std::int64_t m, n, k;
};

template <class Sums>
void multiply(const Matrices& size, const Sums& sums, const std::vector<typename Sums::Number>& a,
              const std::vector<typename Sums::Number>& b, std::vector<typename Sums::Number>& c) {
  for (std::int64_t i = 0; i < size.m; ++i) {
    auto* row = c.data() + i * size.n;
    for (std::int64_t p = 0; p < size.k; ++p) {
      const auto left = a[index(i * size.k + p)];
      const auto* right = b.data() + p * size.n;
      for (std::int64_t j = 0; j < size.n; ++j) row[j] = sums.add(row[j], left, right[j]);
    }
  }
}

/// Adds to one output row the products of one tap with all channels of the input there.
template <class Sums>
void add_tap(const Conv& op, const Sums& sums, const typename Sums::Number* input,
             const typename Sums::Number* weight, typename Sums::Number* output) {
  const std::int64_t depth = op.c / op.groups, width = op.oc / op.groups;
  for (std::int64_t d = 0; d < depth; ++d) {
    for (std::int64_t o = 0; o < op.oc; ++o) {
      output[o] = sums.add(output[o], input[o / width * depth + d], weight[d * op.oc + o]);
    }
  }
}

template <class Sums>
void convolve(const Conv& op, const Sums& sums, const std::vector<typename Sums::Number>& ifm,
              const std::vector<typename Sums::Number>& weight,
              std::vector<typename Sums::Number>& ofm) {
  const ConvOutput out = conv_output(op);
  for (std::int64_t at = 0; at < out.h * out.w; ++at) {
    const std::int64_t top = at / out.w * op.stride_h - op.pad_top;
    const std::int64_t left = at % out.w * op.stride_w - op.pad_left;
    for (std::int64_t tap = 0; tap < op.kh * op.kw; ++tap) {
      const std::int64_t y = top + tap / op.kw * op.dilation_h;
      const std::int64_t x = left + tap % op.kw * op.dilation_w;
      if (y < 0 || y >= op.h || x < 0 || x >= op.w) continue;
      add_tap(op, sums, ifm.data() + (y * op.w + x) * op.c,
              weight.data() + tap * (op.c / op.groups) * op.oc, ofm.data() + at * op.oc);
    }
  }
}

}  // namespace

void apply(const Site& site, const Mm& op) {
  const auto a = site.read(op.a, op.m * op.k, op.a_type);
  const auto b = right_side(site, op);
  const auto before = initial(site, op.c, op.m * op.n, op.c_type, op.accumulate);
  with_arithmetic(op.a_type, op.b_type, op.c_type, [&]<class Sums>(const Sums& sums) {
    using Number = typename Sums::Number;
    auto c = numbers<Number>(before);
    multiply({op.m, op.n, op.k}, sums, numbers<Number>(a), numbers<Number>(b), c);
    site.write(op.c, op.c_type, numbers<double>({c.begin(), c.end()}));
  });
}

void apply(const Site& site, const Conv& op) {
  const ConvOutput out = conv_output(op);
  const auto ifm = site.read(op.ifm, op.h * op.w * op.c, op.ifm_type);
  const auto weight =
      site.read(op.weight, op.kh * op.kw * (op.c / op.groups) * op.oc, op.weight_type);
  const auto before = initial(site, op.ofm, out.h * out.w * op.oc, op.ofm_type, op.accumulate);
  with_arithmetic(op.ifm_type, op.weight_type, op.ofm_type, [&]<class Sums>(const Sums& sums) {
    using Number = typename Sums::Number;
    auto ofm = numbers<Number>(before);
    convolve(op, sums, numbers<Number>(ifm), numbers<Number>(weight), ofm);
    site.write(op.ofm, op.ofm_type, numbers<double>({ofm.begin(), ofm.end()}));
  });
}

void apply(const Site& site, const Pim& op) {
  const auto matrix = site.read(op.matrix, op.rows * op.cols, op.matrix_type);
  const auto x = site.read(op.x, op.cols, op.x_type);
  with_arithmetic(op.matrix_type, op.x_type, op.out_type, [&]<class Sums>(const Sums& sums) {
    using Number = typename Sums::Number;
    std::vector<Number> out(index(op.rows));
    multiply({op.rows, 1, op.cols}, sums, numbers<Number>(matrix), numbers<Number>(x), out);
    site.write(op.out, op.out_type, {out.begin(), out.end()});
  });
}

}  // namespace npulse::isa::functional
