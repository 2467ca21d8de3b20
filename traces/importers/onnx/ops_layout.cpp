// SPDX-License-Identifier: Apache-2.0
// Operators that rearrange all elements of a tensor, or several tensors as wholes.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

/// 0 copies a dimension (unless allowzero), -1 takes what is left.
void import_reshape(NodeImport& node) {
  Value& x = node.input(0);
  Shape shape = node.integers_or_input("shape", 1);
  if (node.integer("allowzero", 0) == 0) {
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 0) shape[i] = node.dimension(x, i);
    }
  }
  const auto free = std::ranges::find(shape, -1);
  if (free != shape.end()) {
    *free = 1;
    const auto rest = elements_of(shape);
    const std::int64_t all = *elements_of(x.shape);
    if (!rest || *rest == 0 || all % *rest != 0) {
      node.fault(fmt::format("{} cannot become {} with a dimension inferred",
                             graph::shape_text(x.shape), graph::shape_text(shape)));
    }
    *free = all / *rest;
  }
  node.output(0, node.reshaped(x, shape));
}

void import_flatten(NodeImport& node) {
  Value& x = node.input(0);
  const std::size_t axis = node.split_axis(1, x.shape.size());
  const auto split = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const Shape shape{node.elements({x.shape.begin(), split}), node.elements({split, x.shape.end()})};
  node.output(0, node.reshaped(x, shape));
}

void import_squeeze(NodeImport& node) {
  Value& x = node.input(0);
  const Shape axes = node.integers_or_input("axes", 1);
  std::vector<bool> gone(x.shape.size());
  for (const std::int64_t axis : axes) gone[node.axis(axis, gone.size())] = true;
  Shape shape;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (axes.empty() ? x.shape[i] != 1 : !gone[i]) shape.push_back(x.shape[i]);
  }
  node.output(0, node.reshaped(x, shape));
}

/// Axes are places in the result.
void import_unsqueeze(NodeImport& node) {
  Value& x = node.input(0);
  const Shape axes = node.integers_or_input("axes", 1);
  std::vector<bool> fresh(x.shape.size() + axes.size());
  for (const std::int64_t axis : axes) fresh[node.axis(axis, fresh.size())] = true;
  if (std::ranges::count(fresh, true) != static_cast<std::ptrdiff_t>(axes.size())) {
    node.fault("names an axis twice: " + graph::shape_text(axes));
  }
  Shape shape;
  for (auto next = x.shape.begin(); const bool is_fresh : fresh)
    shape.push_back(is_fresh ? 1 : *next++);
  node.output(0, node.reshaped(x, shape));
}

void import_transpose(NodeImport& node) {
  Value& x = node.input(0);
  Shape perm = node.integers("perm");
  if (perm.empty()) {
    for (auto i = static_cast<std::int64_t>(x.shape.size()); i > 0; --i) perm.push_back(i - 1);
  }
  Shape sorted = perm, all(x.shape.size());
  std::ranges::sort(sorted);
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all)
    node.fault(fmt::format("perm = {} of {} dimensions", graph::shape_text(perm), all.size()));
  node.output(0, node.transposed(x, perm));
}

void import_concat(NodeImport& node) {
  const std::vector<Value*> inputs = node.all_inputs();
  Shape shape = node.input(0).shape;
  const std::size_t axis = node.axis(node.integer("axis", 1), shape.size());
  shape[axis] = 0;
  for (const Value* input : inputs) {
    node.expect_rank(*input, shape.size());
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (i == axis) {
        shape[i] += input->shape[i];
      } else if (input->shape[i] != shape[i]) {
        node.fault(fmt::format("'{}' has shape {}, not {} but along axis {}", input->name,
                               graph::shape_text(input->shape), graph::shape_text(inputs[0]->shape),
                               axis));
      }
    }
  }
  node.output(0, node.emit(graph::Layout{"concat", {}}, inputs, shape, inputs[0]->type));
}

void import_depth_to_space(NodeImport& node) {
  Value& x = node.input(0);
  node.expect_rank(x, 4);
  const std::int64_t block = node.integer("blocksize");
  if (block < 1 || block > 1 << 15 || x.shape[1] % (block * block) != 0) {
    node.fault(fmt::format("blocksize = {} for {}", block, graph::shape_text(x.shape)));
  }
  const Shape shape{x.shape[0], x.shape[1] / (block * block), x.shape[2] * block,
                    x.shape[3] * block};
  node.output(0, node.emit(graph::Layout{"depth_to_space", {}}, {&x}, shape, x.type));
}

void import_space_to_depth(NodeImport& node) {
  Value& x = node.input(0);
  node.expect_rank(x, 4);
  const std::int64_t block = node.integer("blocksize");
  if (block < 1 || block > 1 << 15 || x.shape[2] % block != 0 || x.shape[3] % block != 0) {
    node.fault(fmt::format("blocksize = {} for {}", block, graph::shape_text(x.shape)));
  }
  const Shape shape{x.shape[0], x.shape[1] * block * block, x.shape[2] / block, x.shape[3] / block};
  node.output(0, node.emit(graph::Layout{"space_to_depth", {}}, {&x}, shape, x.type));
}

void cast(NodeImport& node, graph::Type type) {
  Value& x = node.input(0);
  if (x.type == type) return node.output(0, x);
  node.output(0, node.emit(graph::Layout{"cast", {}}, {&x}, x.shape, type));
}

void import_cast(NodeImport& node) {
  const auto type = type_of(static_cast<std::int32_t>(node.integer("to")));
  if (!type)
    node.fault(fmt::format("casts to type {}, which is no type of numbers", node.integer("to")));
  cast(node, *type);
}

void import_cast_like(NodeImport& node) {
  cast(node, node.input(1).type);
}

}  // namespace

std::span<const Operator> layout_operators() {
  static constexpr Operator kOperators[] = {{"Reshape", import_reshape},
                                            {"Flatten", import_flatten},
                                            {"Squeeze", import_squeeze},
                                            {"Unsqueeze", import_unsqueeze},
                                            {"Transpose", import_transpose},
                                            {"Concat", import_concat},
                                            {"DepthToSpace", import_depth_to_space},
                                            {"SpaceToDepth", import_space_to_depth},
                                            {"Cast", import_cast},
                                            {"CastLike", import_cast_like}};
  return kOperators;
}

}  // namespace npulse::importers
