// SPDX-License-Identifier: Apache-2.0
// Pooling, over windows or whole images.
#include <algorithm>

#include "traces/importers/onnx/ops.h"
#include "traces/importers/onnx/window.h"

namespace npulse::importers {

namespace {

Shape spatial_of(const NodeImport& node, const Value& x) {
  node.dimension(x, 2);
  return {x.shape.begin() + 2, x.shape.end()};
}

Shape with_channels(const Value& x, const Shape& spatial) {
  Shape shape{x.shape[0], x.shape[1]};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

void emit_pool(NodeImport& node, Value& x, const graph::Pool& pool, const Shape& shape) {
  Value& image = node.reshaped(x, as_image(x.shape));
  node.output(0, node.reshaped(node.emit(pool, {&image}, as_image(shape), x.type), shape));
}

/// Windows of three dimensions, or with holes, are traffic of an unknown kind.
template <graph::PoolKind kind>
void import_pool(NodeImport& node) {
  Value& x = node.input(0);
  const Shape spatial = spatial_of(node, x);
  Window window = window_of(node, spatial, node.integers("kernel_shape"));
  const Shape shape =
      with_channels(x, slide(node, spatial, window, node.integer("ceil_mode", 0) != 0));
  const bool dense = std::ranges::all_of(window.dilation, [](auto d) { return d == 1; });
  if (spatial.size() > 2 || !dense || node.wants(1)) return node.unknown(shape, x.type);
  emit_pool(node, x, {kind, plane(window.kernel, 1), plane(window.stride, 1), plane_pads(window)},
            shape);
}

template <graph::PoolKind kind>
void import_global_pool(NodeImport& node) {
  Value& x = node.input(0);
  const Shape spatial = spatial_of(node, x);
  const Shape shape = with_channels(x, Shape(spatial.size(), 1));
  if (spatial.size() > 2) return node.unknown(shape, x.type);
  const auto whole = plane(spatial, 1);
  emit_pool(node, x, {kind, whole, whole, {}}, shape);
}

}  // namespace

std::span<const Operator> pool_operators() {
  using enum graph::PoolKind;
  static constexpr Operator kOperators[] = {
      {"MaxPool", import_pool<max>},
      {"AveragePool", import_pool<average>},
      {"GlobalMaxPool", import_global_pool<max>},
      {"GlobalAveragePool", import_global_pool<average>},
      {"QLinearGlobalAveragePool", import_global_pool<average>}};
  return kOperators;
}

}  // namespace npulse::importers
