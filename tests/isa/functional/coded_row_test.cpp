// SPDX-License-Identifier: Apache-2.0
// Coded rows: sizes, hand-made bytes, and how near the quantiser comes.
#include "isa/functional/coded_row.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

std::vector<double> random_row(std::mt19937_64& random, std::size_t count) {
  std::vector<double> row(count);
  for (double& value : row) value = static_cast<double>(random() >> 11) * 0x1p-53 - 0.5;
  return row;
}

/// Most that one element may differ from what was to be coded, if its group reaches to 0.5: half a
/// step and what rounding the scale adds; of a format without a scale, nothing to compare.
double tolerance(CodecFormat codec) {
  switch (codec) {
    case CodecFormat::int8g32:
      return 0.5 / 127 * 0.51 + 1e-3;
    case CodecFormat::awq4g128:
      return 1.0 / 15 * 0.51 + 1e-3 + 1.0 / 30;
    case CodecFormat::awq3g128:
      return 1.0 / 7 * 0.51 + 1e-3 + 1.0 / 14;
    case CodecFormat::mxfp4:
      return 0.5 / 4;  // 4 to 6 is the widest step, half of it at 2^-3
    case CodecFormat::bcq2g128:
      return 0.5;
    case CodecFormat::bcq3g128:
      return 0.3;
    case CodecFormat::bcq4g128:
      return 0.25;
    default:
      return 0.5 / 7 * 0.51 + 1e-3;  // 4 bits signed
  }
}

bool is_sparse(CodecFormat codec) {
  return codec >= CodecFormat::fp16_2of4;
}

}  // namespace

TEST_CASE("A coded row has the size of its layout and decodes to what its code says",
          "[functional]") {
  std::mt19937_64 random{7};
  for (const auto& [codec, name] : enum_names(CodecFormat{})) {
    if (codec == CodecFormat::none) continue;
    for (const std::size_t count : {1U, 3U, 31U, 32U, 127U, 128U, 129U, 300U}) {
      CAPTURE(name, count);
      const auto row = random_row(random, count);
      const auto bytes = encode_row(codec, row);
      const auto elements = static_cast<std::int64_t>(count);
      REQUIRE(bytes.size() ==
              static_cast<std::size_t>(layout_of(codec).row_bytes(elements).count()));
      const auto back = decode_row(codec, bytes, elements);
      REQUIRE(back.size() == count);
      if (is_sparse(codec)) continue;
      for (std::size_t i = 0; i < count; ++i)
        REQUIRE(std::abs(back[i] - row[i]) <= tolerance(codec));
    }
  }
}

TEST_CASE("Coding what was decoded changes nothing where a code is exact", "[functional]") {
  std::mt19937_64 random{9};
  for (const CodecFormat codec : {CodecFormat::mxfp4, CodecFormat::fp16_2of4}) {
    const auto row = random_row(random, 100);
    const auto once = decode_row(codec, encode_row(codec, row), 100);
    REQUIRE(decode_row(codec, encode_row(codec, once), 100) == once);
  }
}

TEST_CASE("2:4 keeps the two largest of four, in place", "[functional]") {
  const std::vector<double> row{3, -1, 2, -7, 5, 0};
  const std::vector<double> kept{3, 0, 0, -7, 5, 0};
  for (const CodecFormat codec :
       {CodecFormat::fp16_2of4, CodecFormat::int8_2of4, CodecFormat::int4_2of4}) {
    REQUIRE(decode_row(codec, encode_row(codec, row), 6) == kept);
  }
}

TEST_CASE("Bytes made by hand decode as docs/isa.md says", "[functional]") {
  const std::uint8_t half[] = {0x00, 0x38};  // 0.5 in fp16
  SECTION("int4g128: scale, then two elements a byte, the first in the low half") {
    const std::vector<std::uint8_t> bytes{half[0], half[1], 0x81, 0x07};
    REQUIRE(decode_row(CodecFormat::int4g128, bytes, 3) == std::vector<double>{0.5, -4, 3.5});
  }
  SECTION("awq3g128: scale and zero point, then 3 bits an element") {
    // zero point 2 in the low bits of the third byte; elements 7, 0, 2 from the low bit up
    const std::vector<std::uint8_t> bytes{half[0], half[1], 0x02, 0x87, 0x00};
    REQUIRE(decode_row(CodecFormat::awq3g128, bytes, 3) == std::vector<double>{2.5, -1, 0});
  }
  SECTION("mxfp4: a power of two, then E2M1") {
    const std::vector<std::uint8_t> bytes{128, 0xf1};
    REQUIRE(decode_row(CodecFormat::mxfp4, bytes, 2) == std::vector<double>{1, -12});
  }
  SECTION("bcq2g128: two scales, then two signs an element, set: minus") {
    const std::vector<std::uint8_t> bytes{half[0], half[1], 0x00, 0x3c, 0x09};
    REQUIRE(decode_row(CodecFormat::bcq2g128, bytes, 2) == std::vector<double>{0.5, -0.5});
  }
}
