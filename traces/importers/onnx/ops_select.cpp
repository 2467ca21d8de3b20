// SPDX-License-Identifier: Apache-2.0
// Operators that take, repeat or place parts of a tensor.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

void move(NodeImport& node, const std::string& kind, const Shape& shape) {
  Value& x = node.input(0);
  node.output(0, node.emit(graph::Layout{kind, {}}, {&x}, shape, x.type));
}

/// Axes as indices from the front; 0, 1, ... when the node names none.
std::vector<std::size_t> axes_of(const NodeImport& node, const Shape& given, std::size_t count) {
  std::vector<std::size_t> axes(count);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (!given.empty() && given.size() != count) node.fault("numbers and axes differ in count");
  for (std::size_t i = 0; i < count; ++i) {
    const auto axis = given.empty() ? static_cast<std::int64_t>(i) : given[i];
    axes[i] = node.axis(axis, node.input(0).shape.size());
  }
  return axes;
}

/// Elements that [start, end) takes of n in steps; both ends clamped as the operator's text says.
std::int64_t sliced(std::int64_t n, std::int64_t start, std::int64_t end, std::int64_t step) {
  const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? n : n - 1;
  if (start < 0) start += n;
  if (end < 0) end += n;
  start = std::clamp(start, std::int64_t{0}, std::max<std::int64_t>(highest, 0));
  end = std::clamp(end, lowest, std::max(highest, lowest));
  if (n == 0) return 0;
  const std::int64_t span = step > 0 ? end - start : start - end;
  // Rounded up without a sum that could leave the range: steps may be huge, too.
  const std::int64_t size = step > 0 ? step : (step == INT64_MIN ? INT64_MAX : -step);
  return span <= 0 ? 0 : (span - 1) / size + 1;
}

void import_slice(NodeImport& node) {
  Shape shape = node.input(0).shape;
  const Shape starts = node.integers_or_input("starts", 1),
              ends = node.integers_or_input("ends", 2);
  const Shape named = node.integers_or_input("axes", 3), steps = node.integers_or_input("steps", 4);
  if (starts.size() != ends.size() || (!steps.empty() && steps.size() != starts.size())) {
    node.fault("starts, ends and steps differ in count");
  }
  const auto axes = axes_of(node, named, starts.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t step = steps.empty() ? 1 : steps[i];
    if (step == 0) node.fault("a step of 0");
    shape[axes[i]] = sliced(shape[axes[i]], starts[i], ends[i], step);
  }
  move(node, "slice", shape);
}

/// Sizes of the parts: given, or equal with a smaller last one.
Shape parts_of(const NodeImport& node, std::int64_t n) {
  Shape parts = node.integers_or_input("split", 1);
  const auto count = static_cast<std::int64_t>(node.outputs());
  if (parts.empty() && count > 0) {
    const std::int64_t size = (n + count - 1) / count;
    for (std::int64_t i = 0; i < count; ++i)
      parts.push_back(std::clamp<std::int64_t>(n - i * size, 0, size));
  }
  std::int64_t left = n;
  for (const std::int64_t part : parts) left = part < 0 || part > left ? -1 : left - part;
  if (left != 0 || parts.size() != node.outputs()) {
    node.fault(
        fmt::format("splits {} elements in {} for {} outputs", n, graph::shape_text(parts), count));
  }
  return parts;
}

void import_split(NodeImport& node) {
  Value& x = node.input(0);
  const std::size_t axis = node.axis(node.integer("axis", 0), x.shape.size());
  std::vector<Value*> outputs;
  for (const std::int64_t part : parts_of(node, x.shape[axis])) {
    Shape shape = x.shape;
    shape[axis] = part;
    outputs.push_back(&node.make(shape, x.type));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) node.output(i, *outputs[i]);
  node.emit(graph::Layout{"split", {}}, {&x}, outputs);
}

void import_pad(NodeImport& node) {
  Shape shape = node.input(0).shape;
  const Shape pads = node.integers_or_input("pads", 1);
  const Shape named = node.has(3) ? node.integer_numbers(3) : Shape{};
  const auto axes = axes_of(node, named, pads.size() / 2);
  if (pads.size() % 2 != 0 || (named.empty() && axes.size() != shape.size())) {
    node.fault(fmt::format("pads {} for {}", graph::shape_text(pads), graph::shape_text(shape)));
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    for (const std::int64_t pad : {pads[i], pads[axes.size() + i]}) {
      if (pad < -graph::kMaxDimension || pad > graph::kMaxDimension)
        node.fault("pads " + graph::shape_text(pads));
      shape[axes[i]] += pad;
    }
  }
  move(node, "pad", shape);
}

void emit_gather(NodeImport& node, const Shape& shape) {
  Value& x = node.input(0);
  node.output(0, node.emit(graph::Layout{"gather", {}}, {&x, &node.input(1)}, shape, x.type));
}

void import_gather(NodeImport& node) {
  const Shape &data = node.input(0).shape, &indices = node.input(1).shape;
  const auto axis = static_cast<std::ptrdiff_t>(node.axis(node.integer("axis", 0), data.size()));
  Shape shape{data.begin(), data.begin() + axis};
  shape.insert(shape.end(), indices.begin(), indices.end());
  shape.insert(shape.end(), data.begin() + axis + 1, data.end());
  emit_gather(node, shape);
}

void import_gather_elements(NodeImport& node) {
  emit_gather(node, node.input(1).shape);
}

/// The last dimension of the indices is a place in data's dimensions after batch_dims.
void import_gather_nd(NodeImport& node) {
  const Shape &data = node.input(0).shape, &indices = node.input(1).shape;
  const std::int64_t batch = node.integer("batch_dims", 0);
  const std::int64_t used = indices.empty() ? -1 : batch + indices.back();
  if (batch < 0 || used < batch || used > static_cast<std::int64_t>(data.size())) {
    node.fault(
        fmt::format("indices {} for data {}", graph::shape_text(indices), graph::shape_text(data)));
  }
  Shape shape{indices.begin(), indices.end() - 1};
  shape.insert(shape.end(), data.begin() + static_cast<std::ptrdiff_t>(used), data.end());
  emit_gather(node, shape);
}

/// Written in place: reads what is placed and where, and the rest of the tensor.
void import_scatter(NodeImport& node) {
  Value& x = node.input(0);
  node.output(0, node.emit(graph::Layout{"scatter", {}}, node.all_inputs(), x.shape, x.type));
}

void import_expand(NodeImport& node) {
  move(node, "expand", node.broadcast_shape(node.input(0).shape, node.integer_numbers(1)));
}

void import_tile(NodeImport& node) {
  Shape shape = node.input(0).shape;
  const Shape repeats = node.integer_numbers(1);
  if (repeats.size() != shape.size())
    node.fault("repeats " + graph::shape_text(repeats) + " for " + graph::shape_text(shape));
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto most = graph::kMaxDimension / std::max<std::int64_t>(shape[i], 1);
    if (repeats[i] < 0 || repeats[i] > most) node.fault("repeats " + graph::shape_text(repeats));
    shape[i] *= repeats[i];
  }
  move(node, "tile", shape);
}

void import_trilu(NodeImport& node) {
  move(node, "trilu", node.input(0).shape);
}

/// What a Resize names: sizes, or scales that each dimension is multiplied by and rounded down.
Shape resized(const NodeImport& node, const std::vector<double>& scales, const Shape& sizes) {
  Shape shape = node.input(0).shape;
  const std::size_t count = scales.empty() ? sizes.size() : scales.size();
  const auto axes = axes_of(node, node.integers("axes"), count);
  if (count == 0 || (!node.has_attribute("axes") && count != shape.size())) {
    node.fault(fmt::format("{} scales and {} sizes for {}", scales.size(), sizes.size(),
                           graph::shape_text(shape)));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (scales.empty()) {
      shape[axes[i]] = sizes[i];
      continue;
    }
    const double size = std::floor(static_cast<double>(shape[axes[i]]) * scales[i]);
    if (!(size >= 0 && size <= static_cast<double>(graph::kMaxDimension)))
      node.fault("a scale out of bounds");
    shape[axes[i]] = static_cast<std::int64_t>(size);
  }
  return shape;
}

bool has_elements(const NodeImport& node, std::size_t i) {
  return node.has(i) && elements_of(node.input(i).shape) != 0;
}

void import_resize(NodeImport& node) {
  if (node.text("keep_aspect_ratio_policy", "stretch") != "stretch") return node.unknown();
  const std::size_t scales_input = node.opset() < 11 ? 1 : 2;
  Numbers scales;
  Shape sizes;
  if (has_elements(node, scales_input)) {
    scales = node.numbers(scales_input);
  } else {
    sizes = node.integer_numbers(3);
  }
  move(node, "resize", resized(node, scales, sizes));
}

void import_upsample(NodeImport& node) {
  const auto* given = node.attribute("scales");
  const Numbers scales =
      given ? Numbers{given->floats().begin(), given->floats().end()} : node.numbers(1);
  move(node, "resize", resized(node, scales, {}));
}

}  // namespace

std::span<const Operator> select_operators() {
  static constexpr Operator kOperators[] = {{"Slice", import_slice},
                                            {"Split", import_split},
                                            {"Pad", import_pad},
                                            {"Gather", import_gather},
                                            {"Expand", import_expand},
                                            {"Tile", import_tile},
                                            {"Resize", import_resize},
                                            {"Trilu", import_trilu},
                                            {"Upsample", import_upsample},
                                            {"GatherND", import_gather_nd},
                                            {"GatherElements", import_gather_elements},
                                            {"Scatter", import_scatter},
                                            {"ScatterND", import_scatter},
                                            {"ScatterElements", import_scatter}};
  return kOperators;
}

}  // namespace npulse::importers
