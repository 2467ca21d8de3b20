// SPDX-License-Identifier: Apache-2.0
// mm and conv over types and shapes against sums written element by element.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "isa/functional/machine.h"
#include "isa/functional/numbers.h"
#include "isa/shapes.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

constexpr Address kA = 0, kB = 0x10000, kC = 0x20000;
constexpr Bytes kLimit{64 << 20};

const std::vector<DataType> kFloats{DataType::fp8, DataType::bf16, DataType::fp16, DataType::fp32};
const std::vector<DataType> kIntegers{DataType::i4, DataType::i8, DataType::i16};

/// A machine of one core, filled and read in scratchpad addresses.
class Bench {
 public:
  explicit Bench(std::uint64_t seed) : random_{seed} {}

  std::vector<double> fill(Address at, std::int64_t count, DataType type) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& value : values) {
      const double unit = static_cast<double>(random_() >> 11) * 0x1p-53 - 0.5;
      value = rounded(type, is_integer(type) ? unit * 16 : unit);
    }
    site_.write(place(at), type, values);
    return values;
  }
  std::vector<double> read(Address at, std::int64_t count, DataType type) {
    return site_.read(place(at), count, type);
  }
  template <class Op>
  void execute(const Op& op) {
    machine_.execute(0, Instruction{op, 0, {}, {}, 0});
  }
  std::int64_t extent(std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
  }
  DataType one_of(const std::vector<DataType>& types) { return types[random_() % types.size()]; }
  bool coin() { return random_() % 2; }
  static Operand place(Address at) { return {Space::spm, {}, at, {}}; }

 private:
  std::mt19937_64 random_;
  PageBudget budget_{kLimit};
  Machine machine_{1, budget_, 0xff};
  Site site_{machine_, 0};
};

/// What docs/isa.md says of one more product.
double add(DataType c, bool exact, double sum, double a, double b) {
  if (exact) return sum + a * b;
  const auto product = static_cast<float>(a * b);
  const auto next = static_cast<float>(static_cast<float>(sum) + product);
  return is_integer(c) ? next : rounded(c, next);
}

struct Types {
  DataType a, b, c;
  bool exact() const { return is_integer(a) && is_integer(b) && is_integer(c); }
};

Types any_types(Bench& bench) {
  const bool integers = bench.coin();
  const auto& inputs = integers ? kIntegers : kFloats;
  const std::vector<DataType> results =
      integers ? std::vector{DataType::i8, DataType::i32, DataType::fp32}
               : std::vector{DataType::fp32, DataType::bf16, DataType::fp16, DataType::i32};
  return {bench.one_of(inputs), bench.one_of(inputs), bench.one_of(results)};
}

}  // namespace

TEST_CASE("mm is the sum of products in the order of k, whatever the types", "[functional]") {
  Bench bench{3};
  for (int i = 0; i < 150; ++i) {
    const auto [a_type, b_type, c_type] = any_types(bench);
    Mm op{bench.place(kA), bench.place(kB),  bench.place(kC), bench.extent(9),
          bench.extent(9), bench.extent(20), a_type,          b_type,
          c_type,          bench.coin(),     bench.coin()};
    CAPTURE(i, op.m, op.n, op.k, to_string(a_type), to_string(b_type), to_string(c_type));
    const auto a = bench.fill(kA, op.m * op.k, a_type);
    const auto b = bench.fill(kB, op.k * op.n, b_type);
    auto expected = bench.fill(kC, op.m * op.n, c_type);
    bench.execute(op);
    const auto c = bench.read(kC, op.m * op.n, c_type);
    for (std::int64_t r = 0; r < op.m * op.n; ++r) {
      double sum = op.accumulate ? expected[static_cast<std::size_t>(r)] : 0;
      for (std::int64_t p = 0; p < op.k; ++p) {
        const std::int64_t at = op.b_transposed ? r % op.n * op.k + p : p * op.n + r % op.n;
        sum =
            add(c_type, Types{a_type, b_type, c_type}.exact(), sum,
                a[static_cast<std::size_t>(r / op.n * op.k + p)], b[static_cast<std::size_t>(at)]);
      }
      REQUIRE(c[static_cast<std::size_t>(r)] == rounded(c_type, sum));
    }
  }
}

TEST_CASE("mm with N:M sparsity is mm with the zeros filled in", "[functional]") {
  Bench bench{5};
  // k = 4, n = 2, 2:4: column 0 keeps places 0 and 3, column 1 places 1 and 2
  Mm op{bench.place(kA), bench.place(kB), bench.place(kC), 1, 2, 4};
  op.sparse_n = 2;
  op.sparse_m = 4;
  const auto a = bench.fill(kA, 4, DataType::i8);
  // stored rows: [1, 2] and [3, 4]; places of 2 bits: 0, 1, 3, 2 = 0b10'11'01'00
  PageBudget budget{kLimit};
  Machine machine{1, budget, 0};
  const Site site{machine, 0};
  site.write(op.a, DataType::i8, a);
  site.write(op.b, DataType::i8, {1, 2, 3, 4, static_cast<std::int8_t>(0b10110100)});
  machine.execute(0, Instruction{op, 0, {}, {}, 0});
  REQUIRE(site.read(op.c, 2, DataType::i32) ==
          std::vector<double>{a[0] + 3 * a[3], 2 * a[1] + 4 * a[2]});
}

TEST_CASE("conv is the sum over taps and channels, with groups, dilation and padding",
          "[functional]") {
  Bench bench{11};
  int checked = 0;
  while (checked < 100) {
    const auto [a_type, b_type, c_type] = any_types(bench);
    Conv op;
    op.ifm = bench.place(kA), op.weight = bench.place(kB), op.ofm = bench.place(kC);
    op.groups = bench.extent(3);
    op.h = bench.extent(9), op.w = bench.extent(9);
    op.c = op.groups * bench.extent(3), op.oc = op.groups * bench.extent(3);
    op.kh = bench.extent(4), op.kw = bench.extent(4);
    op.stride_h = bench.extent(3), op.stride_w = bench.extent(3);
    op.dilation_h = bench.extent(2), op.dilation_w = bench.extent(2);
    op.pad_top = bench.extent(3) - 1, op.pad_left = bench.extent(3) - 1;
    op.pad_bottom = bench.extent(3) - 1, op.pad_right = bench.extent(3) - 1;
    op.ifm_type = a_type, op.weight_type = b_type, op.ofm_type = c_type;
    op.accumulate = bench.coin();
    const ConvOutput out = conv_output(op);
    if (out.h < 1 || out.w < 1) continue;
    CAPTURE(++checked, to_string(a_type), to_string(b_type), to_string(c_type));
    const std::int64_t depth = op.c / op.groups, width = op.oc / op.groups;
    const auto ifm = bench.fill(kA, op.h * op.w * op.c, a_type);
    const auto weight = bench.fill(kB, op.kh * op.kw * depth * op.oc, b_type);
    const auto before = bench.fill(kC, out.h * out.w * op.oc, c_type);
    bench.execute(op);
    const auto ofm = bench.read(kC, out.h * out.w * op.oc, c_type);
    for (std::size_t at = 0; at < ofm.size(); ++at) {
      const auto pixel = static_cast<std::int64_t>(at) / op.oc;
      const auto o = static_cast<std::int64_t>(at) % op.oc;
      double sum = op.accumulate ? before[at] : 0;
      for (std::int64_t i = 0; i < op.kh * op.kw * depth; ++i) {
        const std::int64_t tap = i / depth, d = i % depth;
        const std::int64_t y =
            pixel / out.w * op.stride_h + tap / op.kw * op.dilation_h - op.pad_top;
        const std::int64_t x =
            pixel % out.w * op.stride_w + tap % op.kw * op.dilation_w - op.pad_left;
        if (y < 0 || x < 0 || y >= op.h || x >= op.w) continue;
        const std::int64_t from = (y * op.w + x) * op.c + o / width * depth + d;
        sum = add(c_type, Types{a_type, b_type, c_type}.exact(), sum,
                  ifm[static_cast<std::size_t>(from)],
                  weight[static_cast<std::size_t>(i * op.oc + o)]);
      }
      REQUIRE(ofm[at] == rounded(c_type, sum));
    }
  }
}
