// SPDX-License-Identifier: Apache-2.0
#include "isa/codecs.h"

#include "sim/core/error.h"

namespace npulse::isa {
namespace {

constexpr std::int64_t kFp16 = 16;
constexpr std::int64_t kE8m0 = 8;

}  // namespace

Bytes CodecLayout::row_bytes(std::int64_t elements) const {
  const std::int64_t groups = ceil_div(elements, group);
  const std::int64_t stored = whole_groups ? groups * group : elements;
  return Bytes{ceil_div<std::int64_t>(stored * payload_bits, 8) +
               ceil_div<std::int64_t>(groups * metadata_bits, 8)};
}

double CodecLayout::bits_per_element() const {
  return static_cast<double>(payload_bits) +
         static_cast<double>(metadata_bits) / static_cast<double>(group);
}

CodecLayout layout_of(CodecFormat codec) {
  switch (codec) {
    case CodecFormat::int4g128:
      return {128, 4, kFp16};
    case CodecFormat::int4g64:
      return {64, 4, kFp16};
    case CodecFormat::int4g32:
      return {32, 4, kFp16};
    case CodecFormat::int8g32:
      return {32, 8, kFp16};
    case CodecFormat::awq4g128:
      return {128, 4, kFp16 + 4};
    case CodecFormat::awq3g128:
      return {128, 3, kFp16 + 3};
    case CodecFormat::mxfp4:
      return {32, 4, kE8m0};
    case CodecFormat::bcq2g128:
      return {128, 2, 2 * kFp16};
    case CodecFormat::bcq3g128:
      return {128, 3, 3 * kFp16};
    case CodecFormat::bcq4g128:
      return {128, 4, 4 * kFp16};
    case CodecFormat::fp16_2of4:
      return {4, 16 * 2 / 4, 2 * 2, true};
    case CodecFormat::int8_2of4:
      return {4, 8 * 2 / 4, 2 * 2, true};
    case CodecFormat::int4_2of4:
      return {4, 4 * 2 / 4, 2 * 2, true};
    case CodecFormat::none:
      break;
  }
  throw InternalError{"internal error: a transfer without a codec has no layout"};
}

}  // namespace npulse::isa
