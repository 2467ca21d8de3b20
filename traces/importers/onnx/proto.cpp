// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/proto.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

namespace npulse::importers {

namespace {

static_assert(std::endian::native == std::endian::little, "raw_data of ONNX is little-endian");

template <class T>
std::optional<Numbers> raw_numbers(const std::string& raw, std::size_t count) {
  if (raw.size() != count * sizeof(T)) return std::nullopt;
  Numbers numbers(count);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
    numbers[i] = static_cast<double>(value);
  }
  return numbers;
}

template <class Field>
std::optional<Numbers> field_numbers(const Field& field, std::size_t count) {
  if (static_cast<std::size_t>(field.size()) != count) return std::nullopt;
  return Numbers(field.begin(), field.end());
}

}  // namespace

std::optional<graph::Type> type_of(std::int32_t data_type) {
  using enum graph::Type;
  // onnx.proto of ONNX 1.18, enum TensorProto.DataType (read)
  static const std::map<std::int32_t, graph::Type> kTypes{
      {1, fp32}, {2, i8},    {3, i8},    {4, i16},  {5, i16},  {6, i32},   {7, i64},
      {9, i1},   {10, fp16}, {11, fp64}, {12, i32}, {13, i64}, {16, bf16}, {17, fp8},
      {18, fp8}, {19, fp8},  {20, fp8},  {21, i4},  {22, i4}};
  const auto found = kTypes.find(data_type);
  if (found == kTypes.end()) return std::nullopt;
  return found->second;
}

Shape shape_of(const ::onnx::TensorProto& tensor) {
  return {tensor.dims().begin(), tensor.dims().end()};
}

std::optional<Numbers> numbers_of(const ::onnx::TensorProto& tensor) {
  const auto elements = elements_of(shape_of(tensor));
  if (!elements || *elements > kMostNumbers) return std::nullopt;
  const auto count = static_cast<std::size_t>(*elements);
  const bool raw = tensor.has_raw_data();
  using Proto = ::onnx::TensorProto;
  switch (tensor.data_type()) {
    case Proto::INT64:
      return raw ? raw_numbers<std::int64_t>(tensor.raw_data(), count)
                 : field_numbers(tensor.int64_data(), count);
    case Proto::INT32:
      return raw ? raw_numbers<std::int32_t>(tensor.raw_data(), count)
                 : field_numbers(tensor.int32_data(), count);
    case Proto::BOOL:
      return raw ? raw_numbers<std::uint8_t>(tensor.raw_data(), count)
                 : field_numbers(tensor.int32_data(), count);
    case Proto::FLOAT:
      return raw ? raw_numbers<float>(tensor.raw_data(), count)
                 : field_numbers(tensor.float_data(), count);
    default:
      return std::nullopt;
  }
}

std::string name_of(const ::onnx::NodeProto& node, std::size_t index) {
  return node.name().empty() ? fmt::format("{}_{}", node.op_type(), index) : node.name();
}

}  // namespace npulse::importers
