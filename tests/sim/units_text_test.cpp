// SPDX-License-Identifier: Apache-2.0
#include "sim/core/units_text.h"

#include <catch2/catch.hpp>
#include <random>

#include "sim/core/scalar_types.h"

using namespace npulse;
using namespace npulse::literals;

namespace {

template <class T>
T parsed(std::string_view text) {
  T value{};
  const Diagnostic fault = parse_scalar(text, value, {});
  INFO(text << ": " << fault.message);
  REQUIRE(fault.message.empty());
  return value;
}

template <class T>
std::string fault(std::string_view text, Limits limits = {}) {
  T value{};
  return parse_scalar(text, value, limits).message;
}

}  // namespace

TEST_CASE("A quantity takes any of its units, with or without a space", "[core]") {
  REQUIRE(parsed<Bytes>("32 MiB") == 32_MiB);
  REQUIRE(parsed<Bytes>("32MiB") == 32_MiB);
  REQUIRE(parsed<Bytes>("4 kB") == Bytes{4000});
  REQUIRE(parsed<Hertz>("1.5 GHz") == Hertz{1'500'000'000});
  REQUIRE(parsed<Hertz>("1066.625 MHz") == Hertz{1'066'625'000});
  REQUIRE(parsed<Picoseconds>("40 ns") == 40_ns);
  REQUIRE(parsed<Cycles>("7 cycles") == Cycles{7});
  REQUIRE(parsed<Milliwatts>("0.5 W") == Milliwatts{500});
  REQUIRE(parsed<Picojoules>("961 pJ") == Picojoules{961});
  REQUIRE(parsed<Picojoules>("3 fJ").count() == Approx(0.003));
}

TEST_CASE("A plain number is in the base unit", "[core]") {
  REQUIRE(parsed<Picoseconds>("1250") == Picoseconds{1250});
  REQUIRE(parsed<Bytes>("0") == Bytes{0});
  REQUIRE(parsed<Hertz>("2e9") == Hertz{2'000'000'000});
}

TEST_CASE("Integers are exact: a fraction of the base unit is a fault, never rounded", "[core]") {
  REQUIRE(parsed<Picoseconds>("0.3 ns") == Picoseconds{300});
  REQUIRE(fault<Picoseconds>("0.3335 ns") == "is not a whole number of ps");
  REQUIRE(fault<std::int64_t>("1.5") == "must be a whole number");
  REQUIRE(parsed<std::int64_t>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  REQUIRE(fault<std::int64_t>("9223372036854775808") == "must be a whole number");
  REQUIRE(fault<Bytes>("9000000 TiB") == "is not a whole number of B");
  REQUIRE(parsed<std::int64_t>("0xFF") == 255);
}

TEST_CASE("Text that is no number is a fault for every type", "[core]") {
  const std::string text =
      GENERATE("", " ", "-", ".", "e5", "1e", "1e999", "0x", "0x-1", "1.2.3", "nan", "inf", "--1",
               "+", "1 2", "12 parsecs", "\xff\xfe", "1e+");
  CAPTURE(text);
  REQUIRE_FALSE(fault<std::int64_t>(text).empty());
  REQUIRE_FALSE(fault<double>(text).empty());
  REQUIRE_FALSE(fault<Bytes>(text).empty());
  REQUIRE_FALSE(fault<Picojoules>(text).empty());
}

TEST_CASE("An unknown unit lists those that are allowed", "[core]") {
  REQUIRE(fault<Bytes>("32 KB") ==
          "unknown unit 'KB', allowed: B, kB, KiB, MB, MiB, GB, GiB, TB, TiB");
}

TEST_CASE("A limit is told in the parameter's own unit", "[core]") {
  REQUIRE(fault<Bytes>("8", between(32, 65536)) == "must be between 32 B and 64 KiB");
  REQUIRE(fault<std::int64_t>("0", at_least(1)) == "must be at least 1");
  REQUIRE(fault<double>("1.5", between(0, 1)) == "must be between 0 and 1");
  REQUIRE(fault<std::uint8_t>("256") == "must be between 0 and 255");
}

TEST_CASE("Every value reads back from its own text", "[core]") {
  std::mt19937_64 random{7};
  for (int i = 0; i < 2000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (1 + random() % 62));
    const std::int64_t round = value % 1'000'000 * 1'000'000;
    REQUIRE(parsed<Bytes>(scalar_text(Bytes{value})) == Bytes{value});
    REQUIRE(parsed<Bytes>(scalar_text(Bytes{value % 4096 << 20})) == Bytes{value % 4096 << 20});
    REQUIRE(parsed<Picoseconds>(scalar_text(Picoseconds{round})) == Picoseconds{round});
    REQUIRE(parsed<Hertz>(scalar_text(Hertz{value})) == Hertz{value});
    const double number = static_cast<double>(value) / 3.0;
    REQUIRE(parsed<double>(scalar_text(number)) == number);
    REQUIRE(parsed<Picojoules>(scalar_text(Picojoules{number})) == Picojoules{number});
  }
}

TEST_CASE("A quantity is written in the unit that people would choose", "[core]") {
  REQUIRE(scalar_text(32_MiB) == "32 MiB");
  REQUIRE(scalar_text(Hertz{1'500'000'000}) == "1.5 GHz");
  REQUIRE(scalar_text(Picoseconds{1'250}) == "1.25 ns");
  REQUIRE(scalar_text(Bytes{0}) == "0 B");
  REQUIRE(scalar_text(Cycles{500}) == "500");
}
