// SPDX-License-Identifier: Apache-2.0
#include "isa/instruction.h"

#include "isa/program.h"

namespace npulse::isa {

std::span<const EnumName<Opcode>> enum_names(Opcode) {
  static constexpr EnumName<Opcode> kNames[] = {
      {Opcode::dma, "dma"},         {Opcode::mm, "mm"},           {Opcode::conv, "conv"},
      {Opcode::vec, "vec"},         {Opcode::xform, "xform"},     {Opcode::send, "send"},
      {Opcode::recv, "recv"},       {Opcode::coll, "coll"},       {Opcode::pim, "pim"},
      {Opcode::loop, "loop"},       {Opcode::endloop, "endloop"}, {Opcode::bar, "bar"},
      {Opcode::cfg, "cfg"},         {Opcode::opaque, "opaque"},   {Opcode::mark, "mark"},
      {Opcode::endmark, "endmark"}, {Opcode::end, "end"}};
  return kNames;
}

std::span<const EnumName<CodecFormat>> enum_names(CodecFormat) {
  using F = CodecFormat;
  static constexpr EnumName<CodecFormat> kNames[] = {
      {F::none, "none"},           {F::int4g128, "int4g128"},  {F::int4g64, "int4g64"},
      {F::int4g32, "int4g32"},     {F::int8g32, "int8g32"},    {F::awq4g128, "awq4g128"},
      {F::awq3g128, "awq3g128"},   {F::mxfp4, "mxfp4"},        {F::bcq2g128, "bcq2g128"},
      {F::bcq3g128, "bcq3g128"},   {F::bcq4g128, "bcq4g128"},  {F::fp16_2of4, "fp16_2of4"},
      {F::int8_2of4, "int8_2of4"}, {F::int4_2of4, "int4_2of4"}};
  return kNames;
}

std::span<const EnumName<VecKind>> enum_names(VecKind) {
  using K = VecKind;
  static constexpr EnumName<VecKind> kNames[] = {{K::copy, "copy"},
                                                 {K::add, "add"},
                                                 {K::sub, "sub"},
                                                 {K::mul, "mul"},
                                                 {K::max, "max"},
                                                 {K::min, "min"},
                                                 {K::exp, "exp"},
                                                 {K::reciprocal, "reciprocal"},
                                                 {K::rsqrt, "rsqrt"},
                                                 {K::relu, "relu"},
                                                 {K::gelu, "gelu"},
                                                 {K::silu, "silu"},
                                                 {K::sigmoid, "sigmoid"},
                                                 {K::tanh, "tanh"},
                                                 {K::reduce_sum, "reduce_sum"},
                                                 {K::reduce_max, "reduce_max"},
                                                 {K::softmax, "softmax"},
                                                 {K::layernorm, "layernorm"},
                                                 {K::rmsnorm, "rmsnorm"},
                                                 {K::rope, "rope"},
                                                 {K::quantise, "quantise"},
                                                 {K::dequantise, "dequantise"},
                                                 {K::pool_max, "pool_max"},
                                                 {K::pool_avg, "pool_avg"}};
  return kNames;
}

std::span<const EnumName<Broadcast>> enum_names(Broadcast) {
  static constexpr EnumName<Broadcast> kNames[] = {
      {Broadcast::none, "none"}, {Broadcast::row, "row"}, {Broadcast::column, "column"}};
  return kNames;
}

std::span<const EnumName<XformKind>> enum_names(XformKind) {
  static constexpr EnumName<XformKind> kNames[] = {{XformKind::transpose, "transpose"},
                                                   {XformKind::reshape, "reshape"},
                                                   {XformKind::gather, "gather"},
                                                   {XformKind::scatter, "scatter"}};
  return kNames;
}

std::span<const EnumName<CollKind>> enum_names(CollKind) {
  static constexpr EnumName<CollKind> kNames[] = {{CollKind::all_reduce, "all_reduce"},
                                                  {CollKind::all_gather, "all_gather"},
                                                  {CollKind::reduce_scatter, "reduce_scatter"},
                                                  {CollKind::broadcast, "broadcast"},
                                                  {CollKind::all_to_all, "all_to_all"}};
  return kNames;
}

std::span<const EnumName<BarScope>> enum_names(BarScope) {
  static constexpr EnumName<BarScope> kNames[] = {{BarScope::core, "core"},
                                                  {BarScope::chip, "chip"}};
  return kNames;
}

std::span<const EnumName<QueueKind>> enum_names(QueueKind) {
  static constexpr EnumName<QueueKind> kNames[] = {
      {QueueKind::dma, "dma"}, {QueueKind::matrix, "matrix"}, {QueueKind::vector, "vector"}};
  return kNames;
}

std::span<const EnumName<SyncMode>> enum_names(SyncMode) {
  static constexpr EnumName<SyncMode> kNames[] = {{SyncMode::explicit_, "explicit"},
                                                  {SyncMode::hazard, "hazard"}};
  return kNames;
}

std::span<const EnumName<TensorRole>> enum_names(TensorRole) {
  static constexpr EnumName<TensorRole> kNames[] = {{TensorRole::input, "input"},
                                                    {TensorRole::weight, "weight"},
                                                    {TensorRole::output, "output"},
                                                    {TensorRole::state, "state"}};
  return kNames;
}

std::span<const EnumName<EventScope>> enum_names(EventScope) {
  static constexpr EnumName<EventScope> kNames[] = {{EventScope::core, "core"},
                                                    {EventScope::chip, "chip"}};
  return kNames;
}

}  // namespace npulse::isa
