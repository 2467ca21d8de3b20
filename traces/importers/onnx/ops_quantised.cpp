// SPDX-License-Identifier: Apache-2.0
// Quantisation. A DequantizeLinear stands for the tensor behind it: matrix units read that, and
// only if something else reads the result, it is computed.
#include <fmt/format.h>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

/// That of the zero point; else output_dtype, where 0 stands for uint8.
graph::Type stored_type(const NodeImport& node) {
  if (node.has(2)) return node.input(2).type;
  const std::int64_t given = node.integer("output_dtype", 0);
  const auto type =
      given == 0 ? std::optional{graph::Type::i8} : type_of(static_cast<std::int32_t>(given));
  if (!type) node.fault(fmt::format("output_dtype = {}, which is no type of numbers", given));
  return *type;
}

void import_quantise(NodeImport& node) {
  Value& x = node.input(0);
  node.output(0, node.emit(graph::Elementwise{"quantise"}, {&x}, x.shape, stored_type(node)));
}

void import_dequantise(NodeImport& node) {
  Value& x = node.input(0);
  Value& y = node.make(x.shape, node.input(1).type);
  y.constant = x.constant;
  y.quantised = &x;
  node.output(0, y);
}

/// Finds scale and zero point while it goes.
void import_dynamic_quantise(NodeImport& node) {
  Value& x = node.input(0);
  const std::vector<Value*> outputs{&node.make(x.shape, graph::Type::i8),
                                    &node.make({}, graph::Type::fp32),
                                    &node.make({}, graph::Type::i8)};
  for (std::size_t i = 0; i < outputs.size(); ++i) node.output(i, *outputs[i]);
  node.emit(graph::Elementwise{"quantise"}, {&x}, outputs);
}

}  // namespace

std::span<const Operator> quantised_operators() {
  static constexpr Operator kOperators[] = {{"QuantizeLinear", import_quantise},
                                            {"DequantizeLinear", import_dequantise},
                                            {"DynamicQuantizeLinear", import_dynamic_quantise}};
  return kOperators;
}

}  // namespace npulse::importers
