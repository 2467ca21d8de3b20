// SPDX-License-Identifier: Apache-2.0
// Normalisation and softmax. Batch normalisation stays an operation of its own: its parameters
// count as the model's, and whether a convolution takes it in is for lowering to decide.
#include <fmt/format.h>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

void normalise(NodeImport& node, Value& x, graph::Norm norm,
               const std::vector<Value*>& parameters) {
  std::vector<Value*> inputs{&x};
  inputs.insert(inputs.end(), parameters.begin(), parameters.end());
  node.output(0, node.emit(norm, inputs, x.shape, x.type));
}

/// Over [axis, rank), as an index from the front.
graph::Norm over_last(const NodeImport& node, graph::NormKind kind) {
  const std::size_t axis = node.axis(node.integer("axis", -1), node.input(0).shape.size());
  return {kind, static_cast<std::int64_t>(axis)};
}

void import_layer_norm(NodeImport& node) {
  normalise(node, node.input(0), over_last(node, graph::NormKind::layer), node.all_inputs(1));
}

void import_rms_norm(NodeImport& node) {
  normalise(node, node.input(0), over_last(node, graph::NormKind::rms), node.all_inputs(1));
}

/// Of images: a channel is dimension 1.
template <graph::NormKind kind>
void import_channel_norm(NodeImport& node) {
  Value& x = node.input(0);
  node.dimension(x, 1);
  normalise(node, x, {kind, kind == graph::NormKind::instance ? 2 : 1}, node.all_inputs(1));
}

/// ONNX Runtime's sum and norm in one: x, skip, then parameters; the last output is the sum.
void skip_norm(NodeImport& node, graph::NormKind kind, std::size_t biases) {
  Value& x = node.input(0);
  std::vector<Value*> addends{&x, &node.input(1)};
  if (node.has(biases)) addends.push_back(&node.input(biases));
  Value& sum = node.emit(graph::Elementwise{"add"}, addends, x.shape, x.type);
  std::vector<Value*> parameters;
  for (std::size_t i = 2; i < biases; ++i) {
    if (node.has(i)) parameters.push_back(&node.input(i));
  }
  normalise(node, sum, {kind, static_cast<std::int64_t>(x.shape.size()) - 1}, parameters);
  if (node.wants(3)) node.output(3, sum);
}

void import_skip_layer_norm(NodeImport& node) {
  skip_norm(node, graph::NormKind::layer, 4);
}
void import_skip_rms_norm(NodeImport& node) {
  skip_norm(node, graph::NormKind::rms, 3);
}

/// Before opset 13, over all dimensions from `axis` on.
void import_softmax(NodeImport& node) {
  Value& x = node.input(0);
  const std::size_t rank = x.shape.size();
  const bool flattens = node.opset() < 13;
  const std::size_t axis =
      flattens ? node.split_axis(1, rank) : node.axis(node.integer("axis", -1), rank);
  if (!flattens || axis + 1 == rank) {
    const graph::Softmax softmax{static_cast<std::int64_t>(axis)};
    return node.output(0, node.emit(softmax, {&x}, x.shape, x.type));
  }
  const auto split = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const Shape flat{node.elements({x.shape.begin(), split}), node.elements({split, x.shape.end()})};
  Value& y = node.emit(graph::Softmax{1}, {&node.reshaped(x, flat)}, flat, x.type);
  node.output(0, node.reshaped(y, x.shape));
}

}  // namespace

std::span<const Operator> norm_operators() {
  static constexpr Operator kOperators[] = {
      {"LayerNormalization", import_layer_norm},
      {"RMSNormalization", import_rms_norm},
      {"SimplifiedLayerNormalization", import_rms_norm},
      {"BatchNormalization", import_channel_norm<graph::NormKind::batch>},
      {"InstanceNormalization", import_channel_norm<graph::NormKind::instance>},
      {"GroupNormalization", import_channel_norm<graph::NormKind::group>},
      {"SkipLayerNormalization", import_skip_layer_norm},
      {"SkipSimplifiedLayerNormalization", import_skip_rms_norm},
      {"Softmax", import_softmax},
      {"LogSoftmax", import_softmax}};
  return kOperators;
}

}  // namespace npulse::importers
