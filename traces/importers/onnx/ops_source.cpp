// SPDX-License-Identifier: Apache-2.0
// Operators whose results depend on shapes or attributes only: known before the model runs.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

void emit_numbers(NodeImport& node, const Shape& shape, graph::Type type,
                  std::optional<Numbers> numbers) {
  Value& value = node.emit(graph::Layout{"constant", {}}, {}, shape, type);
  value.numbers = std::move(numbers);
  node.output(0, value);
}

void emit_tensor(NodeImport& node, const ::onnx::TensorProto& tensor) {
  const auto type = type_of(tensor.data_type());
  if (!type)
    node.fault(
        fmt::format("a constant of type {}, which is no type of numbers", tensor.data_type()));
  emit_numbers(node, shape_of(tensor), *type, numbers_of(tensor));
}

void import_constant(NodeImport& node) {
  using enum graph::Type;
  if (const auto* value = node.attribute("value")) return emit_tensor(node, value->t());
  if (const auto* value = node.attribute("value_int")) {
    return emit_numbers(node, {}, i64, Numbers{static_cast<double>(value->i())});
  }
  if (const auto* value = node.attribute("value_float")) {
    return emit_numbers(node, {}, fp32, Numbers{static_cast<double>(value->f())});
  }
  if (const auto* value = node.attribute("value_ints")) {
    return emit_numbers(node, {value->ints_size()}, i64,
                        Numbers{value->ints().begin(), value->ints().end()});
  }
  if (const auto* value = node.attribute("value_floats")) {
    return emit_numbers(node, {value->floats_size()}, fp32,
                        Numbers{value->floats().begin(), value->floats().end()});
  }
  node.fault(
      "has no value that we read; allowed: value, value_int, value_ints, value_float, "
      "value_floats");
}

void import_shape(NodeImport& node) {
  const Shape& shape = node.input(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto place = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t at = node.integer(name, otherwise);
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t start = place("start", 0), end = std::max(start, place("end", rank));
  emit_numbers(node, {end - start}, graph::Type::i64,
               Numbers{shape.begin() + start, shape.begin() + end});
}

void import_size(NodeImport& node) {
  const auto elements = static_cast<double>(*elements_of(node.input(0).shape));
  emit_numbers(node, {}, graph::Type::i64, Numbers{elements});
}

void import_constant_of_shape(NodeImport& node) {
  const Shape shape = node.integer_numbers(0);
  const auto* value = node.attribute("value");
  const auto type = value ? type_of(value->t().data_type()) : graph::Type::fp32;
  if (!type) node.fault("a value that is no number");
  const Numbers one = value ? numbers_of(value->t()).value_or(Numbers{}) : Numbers{0};
  const auto elements = elements_of(shape);
  const bool small = elements && *elements <= kMostNumbers && one.size() == 1;
  emit_numbers(
      node, shape, *type,
      small ? std::optional{Numbers(static_cast<std::size_t>(*elements), one[0])} : std::nullopt);
}

/// max(ceil((limit - start) / delta), 0) elements.
void import_range(NodeImport& node) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (node.numbers(i).size() != 1) node.fault("start, limit and delta are not scalars");
  }
  const double start = node.numbers(0)[0], limit = node.numbers(1)[0], delta = node.numbers(2)[0];
  const double count = std::max(0.0, std::ceil((limit - start) / delta));
  if (!(delta != 0 && count <= static_cast<double>(graph::kMaxDimension))) {
    node.fault(fmt::format("from {} to {} in steps of {}", start, limit, delta));
  }
  const auto n = static_cast<std::int64_t>(count);
  std::optional<Numbers> numbers;
  if (n <= kMostNumbers) {
    numbers.emplace();
    for (std::int64_t i = 0; i < n; ++i) numbers->push_back(start + static_cast<double>(i) * delta);
  }
  emit_numbers(node, {n}, node.input(0).type, std::move(numbers));
}

}  // namespace

std::span<const Operator> source_operators() {
  static constexpr Operator kOperators[] = {{"Constant", import_constant},
                                            {"ConstantOfShape", import_constant_of_shape},
                                            {"Range", import_range},
                                            {"Shape", import_shape},
                                            {"Size", import_size}};
  return kOperators;
}

}  // namespace npulse::importers
