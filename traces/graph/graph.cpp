// SPDX-License-Identifier: Apache-2.0
#include "traces/graph/graph.h"

#include "sim/core/error.h"

namespace npulse::graph {

std::span<const EnumName<Type>> enum_names(Type) {
  using enum Type;
  static constexpr EnumName<Type> kNames[] = {
      {i1, "i1"},   {i4, "i4"},     {i8, "i8"},     {i16, "i16"},   {i32, "i32"},  {i64, "i64"},
      {fp8, "fp8"}, {bf16, "bf16"}, {fp16, "fp16"}, {fp32, "fp32"}, {fp64, "fp64"}};
  return kNames;
}

int bits_of(Type type) {
  using enum Type;
  switch (type) {
    case i1:
      return 1;
    case i4:
      return 4;
    case i8:
    case fp8:
      return 8;
    case i16:
    case bf16:
    case fp16:
      return 16;
    case i32:
    case fp32:
      return 32;
    case i64:
    case fp64:
      return 64;
  }
  throw InternalError{"a tensor type without a size"};
}

std::span<const EnumName<NormKind>> enum_names(NormKind) {
  using enum NormKind;
  static constexpr EnumName<NormKind> kNames[] = {
      {layer, "layer"}, {rms, "rms"}, {batch, "batch"}, {instance, "instance"}, {group, "group"}};
  return kNames;
}

std::span<const EnumName<PoolKind>> enum_names(PoolKind) {
  using enum PoolKind;
  static constexpr EnumName<PoolKind> kNames[] = {{max, "max"}, {average, "average"}};
  return kNames;
}

}  // namespace npulse::graph
