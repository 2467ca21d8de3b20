// SPDX-License-Identifier: Apache-2.0
// Every number of every small type, and the roundings between them.
#include "isa/functional/numbers.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

struct Known {
  std::uint32_t code;
  double value;
};

/// All finite numbers of a type of up to 16 bits, in order.
std::vector<Known> numbers_of(DataType type) {
  std::vector<Known> all;
  for (std::uint32_t code = 0; code < 1U << bits_of(type); ++code) {
    const double value = decode(type, code);
    if (std::isfinite(value) && !(value == 0 && std::signbit(value))) all.push_back({code, value});
  }
  std::sort(all.begin(), all.end(),
            [](const Known& a, const Known& b) { return a.value < b.value; });
  return all;
}

/// By definition: the nearer neighbour, of two equally near ones that with an even code.
std::uint32_t nearest(const std::vector<Known>& numbers, double value) {
  const auto above = std::lower_bound(numbers.begin(), numbers.end(), value,
                                      [](const Known& known, double v) { return known.value < v; });
  if (above == numbers.begin()) return numbers.front().code;
  if (above == numbers.end()) return numbers.back().code;
  const Known low = *std::prev(above), high = *above;
  const double down = value - low.value, up = high.value - value;
  if (down != up) return down < up ? low.code : high.code;
  return low.code % 2 == 0 ? low.code : high.code;
}

const auto kSmallTypes = {DataType::i4,  DataType::i8,   DataType::i16,
                          DataType::fp8, DataType::bf16, DataType::fp16};

}  // namespace

TEST_CASE("Every code of the small types comes back from its number", "[functional]") {
  for (const DataType type : kSmallTypes) {
    for (std::uint32_t code = 0; code < 1U << bits_of(type); ++code) {
      const double value = decode(type, code);
      if (std::isnan(value)) continue;
      CAPTURE(to_string(type), code, value);
      REQUIRE(encode(type, value) == code);
    }
  }
}

TEST_CASE("A number becomes its nearest neighbour, the even one of two", "[functional]") {
  std::mt19937_64 random{1};
  for (const DataType type : kSmallTypes) {
    const auto numbers = numbers_of(type);
    for (int i = 0; i < 20000; ++i) {
      const Known low = numbers[random() % (numbers.size() - 1)];
      const Known high =
          *std::upper_bound(numbers.begin(), numbers.end(), low.value,
                            [](double v, const Known& known) { return v < known.value; });
      const double part = i % 3 ? static_cast<double>(random() % 1024) / 1024 : 0.5;
      const double value = low.value + (high.value - low.value) * part;
      if (rounded(type, value) == 0) continue;  // two codes stand for it
      CAPTURE(to_string(type), value);
      REQUIRE(encode(type, value) == nearest(numbers, value));
    }
  }
}

TEST_CASE("Integers and fp8 saturate, fp16 and bf16 overflow to infinity", "[functional]") {
  CHECK(rounded(DataType::i8, 1000) == 127);
  CHECK(rounded(DataType::i8, -HUGE_VAL) == -128);
  CHECK(rounded(DataType::i4, 7.5) == 7);
  CHECK(rounded(DataType::i32, 1e12) == 2147483647.0);
  CHECK(rounded(DataType::fp8, 1e6) == 448);
  CHECK(rounded(DataType::fp8, -HUGE_VAL) == -448);
  CHECK(rounded(DataType::fp16, 65519) == 65504);
  CHECK(rounded(DataType::fp16, 65520) == HUGE_VAL);
  CHECK(rounded(DataType::bf16, 3.4e38) == HUGE_VAL);
  for (const DataType type : {DataType::fp8, DataType::fp16, DataType::bf16, DataType::fp32})
    CHECK(std::isnan(rounded(type, std::nan(""))));
  CHECK(rounded(DataType::i32, std::nan("")) == 0);
}
