// SPDX-License-Identifier: Apache-2.0
// Reductions over axes.
#include <algorithm>
#include <numeric>

#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

/// Sorted; all of them when the node names none.
Shape reduced_axes(const NodeImport& node, std::size_t rank) {
  Shape axes;
  for (const std::int64_t axis : node.integers_or_input("axes", 1)) {
    axes.push_back(static_cast<std::int64_t>(node.axis(axis, rank)));
  }
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  std::ranges::sort(axes);
  axes.erase(std::ranges::unique(axes).begin(), axes.end());
  return axes;
}

Shape without(const Shape& shape, const Shape& axes, bool keep) {
  Shape result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::ranges::binary_search(axes, static_cast<std::int64_t>(i));
    if (!gone) result.push_back(shape[i]);
    if (gone && keep) result.push_back(1);
  }
  return result;
}

void reduce(NodeImport& node, const std::string& kind, const Shape& axes, graph::Type type) {
  Value& x = node.input(0);
  const Shape shape = without(x.shape, axes, node.integer("keepdims", 1) != 0);
  node.output(0, node.emit(graph::Reduce{kind, axes}, {&x}, shape, type));
}

void import_reduce(NodeImport& node) {
  static const std::map<std::string, std::string> kKinds{
      {"ReduceL1", "l1"},   {"ReduceL2", "l2"},     {"ReduceLogSum", "log_sum"},
      {"ReduceMax", "max"}, {"ReduceMean", "mean"}, {"ReduceLogSumExp", "log_sum_exp"},
      {"ReduceMin", "min"}, {"ReduceProd", "prod"}, {"ReduceSumSquare", "sum_square"},
      {"ReduceSum", "sum"}};
  const Shape axes = reduced_axes(node, node.input(0).shape.size());
  reduce(node, kKinds.at(node.op()), axes, node.input(0).type);
}

void import_arg(NodeImport& node) {
  const std::size_t axis = node.axis(node.integer("axis", 0), node.input(0).shape.size());
  reduce(node, node.op() == "ArgMax" ? "arg_max" : "arg_min", {static_cast<std::int64_t>(axis)},
         graph::Type::i64);
}

}  // namespace

std::span<const Operator> reduce_operators() {
  static constexpr Operator kOperators[] = {
      {"ReduceL1", import_reduce},     {"ReduceL2", import_reduce},
      {"ReduceLogSum", import_reduce}, {"ReduceLogSumExp", import_reduce},
      {"ReduceMax", import_reduce},    {"ReduceMean", import_reduce},
      {"ReduceMin", import_reduce},    {"ReduceProd", import_reduce},
      {"ReduceSum", import_reduce},    {"ReduceSumSquare", import_reduce},
      {"ArgMax", import_arg},          {"ArgMin", import_arg}};
  return kOperators;
}

}  // namespace npulse::importers
