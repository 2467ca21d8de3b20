// SPDX-License-Identifier: Apache-2.0
#include "isa/types.h"

namespace npulse::isa {

std::span<const EnumName<DataType>> enum_names(DataType) {
  static constexpr EnumName<DataType> kNames[] = {
      {DataType::i4, "i4"},     {DataType::i8, "i8"},     {DataType::i16, "i16"},
      {DataType::i32, "i32"},   {DataType::fp8, "fp8"},   {DataType::bf16, "bf16"},
      {DataType::fp16, "fp16"}, {DataType::fp32, "fp32"}};
  return kNames;
}

std::span<const EnumName<Space>> enum_names(Space) {
  static constexpr EnumName<Space> kNames[] = {
      {Space::dram, "dram"}, {Space::spm, "spm"}, {Space::acc, "acc"}, {Space::shared, "shared"}};
  return kNames;
}

int bits_of(DataType type) {
  switch (type) {
    case DataType::i4: return 4;
    case DataType::i8:
    case DataType::fp8: return 8;
    case DataType::i16:
    case DataType::bf16:
    case DataType::fp16: return 16;
    case DataType::i32:
    case DataType::fp32: return 32;
  }
  return 0;
}

Bytes bytes_of(std::int64_t elements, DataType type) {
  return Bytes{ceil_div<std::int64_t>(elements * bits_of(type), 8)};
}

Extents dense_strides(const Extents& shape) {
  Extents strides = shape;
  std::int64_t stride = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

}  // namespace npulse::isa
