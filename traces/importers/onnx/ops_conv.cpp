// SPDX-License-Identifier: Apache-2.0
// Convolutions. In QDQ models they read the quantised tensors behind DequantizeLinear.
#include <fmt/format.h>

#include "traces/importers/onnx/ops.h"
#include "traces/importers/onnx/window.h"

namespace npulse::importers {

namespace {

/// Where a convolution's operands stand among the inputs, and the type of its results.
struct Operands {
  Value &x, &w;
  Value* bias;
  graph::Type type;
};

Shape spatial_of(const Value& x) {
  return {x.shape.begin() + 2, x.shape.end()};
}

Operands operands_of(const NodeImport& node, std::size_t w, std::size_t bias, graph::Type type) {
  Operands operands{node.input(0).stored(), node.input(w).stored(),
                    node.has(bias) ? &node.input(bias).stored() : nullptr, type};
  const std::size_t rank = operands.x.shape.size();
  if (rank < 3 || operands.w.shape.size() != rank) {
    node.fault(fmt::format("x {} and weights {} are no convolution",
                           graph::shape_text(operands.x.shape),
                           graph::shape_text(operands.w.shape)));
  }
  return operands;
}

/// Kernel from the weights; kernel_shape may only repeat it.
Window read_window(const NodeImport& node, const Operands& operands) {
  const Shape kernel = spatial_of(operands.w);
  if (const Shape given = node.integers("kernel_shape"); !given.empty() && given != kernel) {
    node.fault(fmt::format("kernel_shape {} but weights {}", graph::shape_text(given),
                           graph::shape_text(operands.w.shape)));
  }
  return window_of(node, spatial_of(operands.x), kernel);
}

std::int64_t groups_of(const NodeImport& node, std::int64_t channels, std::int64_t filters) {
  const std::int64_t groups = node.integer("group", 1);
  if (groups < 1 || groups > graph::kMaxAttribute || channels % groups != 0 ||
      filters % groups != 0) {
    node.fault(fmt::format("group = {} does not divide {} channels and {} filters", groups,
                           channels, filters));
  }
  return groups;
}

graph::Conv operation_of(const Window& window, std::int64_t groups) {
  return {
      plane(window.stride, 1), plane(window.dilation, 1), plane_pads(window), groups, false, {}};
}

/// Result of a convolution of one or two spatial dimensions; of more, traffic of an unknown kind.
void finish(NodeImport& node, const Operands& operands, const graph::Conv& conv,
            const Shape& shape) {
  if (shape.size() > 4) return node.unknown(shape, operands.type);
  std::vector<Value*> inputs{&node.reshaped(operands.x, as_image(operands.x.shape)),
                             &node.reshaped(operands.w, as_image(operands.w.shape))};
  if (operands.bias) inputs.push_back(operands.bias);
  Value& image = node.emit(conv, inputs, as_image(shape), operands.type);
  node.output(0, node.reshaped(image, shape));
}

void convolve(NodeImport& node, const Operands& operands) {
  const auto& [x, w, bias, type] = operands;
  const std::int64_t groups = groups_of(node, x.shape[1], w.shape[0]);
  if (w.shape[1] * groups != x.shape[1]) {
    node.fault(fmt::format("x {} has {} channels; weights {} in {} groups need {}",
                           graph::shape_text(x.shape), x.shape[1], graph::shape_text(w.shape),
                           groups, w.shape[1] * groups));
  }
  Window window = read_window(node, operands);
  Shape shape = slide(node, spatial_of(x), window);
  shape.insert(shape.begin(), {x.shape[0], w.shape[0]});
  finish(node, operands, operation_of(window, groups), shape);
}

void import_conv(NodeImport& node) {
  convolve(node, operands_of(node, 1, 2, node.input(0).type));
}

void import_conv_transpose(NodeImport& node) {
  const Operands operands = operands_of(node, 1, 2, node.input(0).type);
  const auto& [x, w, bias, type] = operands;
  const std::int64_t groups = groups_of(node, x.shape[1], x.shape[1]);
  if (w.shape[0] != x.shape[1]) {
    node.fault(fmt::format("x {} and weights {} differ in channels", graph::shape_text(x.shape),
                           graph::shape_text(w.shape)));
  }
  Window window = read_window(node, operands);
  Shape output_padding;
  Shape shape = slide_transposed(node, spatial_of(x), window, output_padding);
  graph::Conv conv = operation_of(window, groups);
  conv.transposed = true;
  conv.output_padding = plane(output_padding, 0);
  shape.insert(shape.begin(), {x.shape[0], w.shape[1] * groups});
  finish(node, operands, conv, shape);
}

/// x, scale, zero point, w, scale, zero point, scale and zero point of y, bias.
void import_qlinear_conv(NodeImport& node) {
  convolve(node, operands_of(node, 3, 8, node.input(0).type));
}

/// x, w, zero points.
void import_conv_integer(NodeImport& node) {
  convolve(node, operands_of(node, 1, node.inputs(), graph::Type::i32));
}

}  // namespace

std::span<const Operator> conv_operators() {
  static constexpr Operator kOperators[] = {{"Conv", import_conv},
                                            {"ConvTranspose", import_conv_transpose},
                                            {"QLinearConv", import_qlinear_conv},
                                            {"ConvInteger", import_conv_integer}};
  return kOperators;
}

}  // namespace npulse::importers
