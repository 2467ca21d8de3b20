// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/exactness.h"

#include <algorithm>

#include "traces/lowering/graph/step_context.h"

namespace npulse::lowering {
namespace {

using Why = std::optional<std::string>;

/// One visit a kind of operation: nothing for what is exact.
class Exactness {
 public:
  Exactness(const StepList& list, std::int64_t longest_row)
      : list_{list}, longest_row_{longest_row} {
    for (const Step& step : list.steps) {
      if (const auto* fused = std::get_if<FusedAttentionStep>(&step.work))
        fused_.insert(fused->output);
    }
  }

  Why of(const Node& node) const {
    return std::visit([&](const auto& operation) { return why(node, operation); }, node.operation);
  }

 private:
  const Shape& shape(TensorId id) const { return list_.graph.tensors[id].shape; }
  std::int64_t elements(TensorId id) const { return product_of_extents(shape(id)); }
  /// Whether it lies in another order than its shape says.
  bool turned(TensorId id) const {
    if (!list_.images.contains(id)) return false;
    const Shape& s = shape(id);
    return s.size() == 4 && s[1] > 1 && s[2] * s[3] > 1;
  }
  Why image(const Node& node, const char* what) const {
    for (const TensorId id : node.inputs) {
      if (turned(id)) return std::string{what} + " of an image";
    }
    return std::nullopt;
  }

  Why why(const Node&, const graph::Conv& conv) const {
    return conv.transposed ? Why{"conv, transposed"} : std::nullopt;
  }
  Why why(const Node& node, const graph::Matmul& matmul) const {
    return matmul.a_transposed ? Why{"matmul with a transposed"} : image(node, "matmul");
  }
  Why why(const Node& node, const graph::Attention&) const {
    const bool in_pieces =
        !fused_.contains(node.outputs[0]) && shape(node.inputs[2])[2] > longest_row_;
    return in_pieces ? Why{"attention in pieces of rows"} : image(node, "attention");
  }
  Why why(const Node& node, const graph::Softmax& softmax) const {
    const Shape& s = shape(node.inputs[0]);
    const auto last = static_cast<std::int64_t>(s.size()) - 1;
    if (softmax.axis != -1 && softmax.axis != last)
      return "softmax along another axis than the last";
    if (!s.empty() && s.back() > longest_row_) return "softmax in pieces of rows";
    return image(node, "softmax");
  }
  Why why(const Node& node, const graph::Norm& norm) const {
    if (norm.kind == graph::NormKind::batch)
      return node.inputs.size() > 3 ? Why{"batch norm with mean and variance"} : std::nullopt;
    if (norm.kind != graph::NormKind::layer && norm.kind != graph::NormKind::rms)
      return std::string{to_string(norm.kind)} + " norm";
    const Shape& s = shape(node.inputs[0]);
    const auto rank = static_cast<std::int64_t>(s.size());
    const auto axis = static_cast<std::size_t>(norm.axis < 0 ? norm.axis + rank : norm.axis);
    const std::int64_t cols = product_of_extents({s.data() + axis, s.size() - axis});
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (elements(node.inputs[i]) != cols) return "norm with a scale of another size";
    }
    return cols > longest_row_ ? Why{"norm in pieces of rows"} : image(node, "norm");
  }
  Why why(const Node&, const graph::Pool&) const { return std::nullopt; }
  Why why(const Node& node, const graph::Reduce& reduce) const {
    const TensorId x = node.inputs[0];
    const bool space = reduce.axes == Shape{2, 3} || reduce.axes == Shape{-2, -1};
    if (list_.images.contains(x) && space) {
      const bool known = reduce.kind == "mean" || reduce.kind == "max";
      return known ? std::nullopt : Why{"reduce " + reduce.kind + " of an image"};
    }
    if (reduce.kind != "sum" && reduce.kind != "max") return "reduce " + reduce.kind;
    return trailing(reduce.axes, shape(x).size()) ? image(node, "reduce")
                                                  : Why{"reduce along other axes than the last"};
  }
  static bool trailing(Shape axes, std::size_t rank) {
    for (std::int64_t& axis : axes) axis += axis < 0 ? static_cast<std::int64_t>(rank) : 0;
    std::sort(axes.begin(), axes.end());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] != static_cast<std::int64_t>(rank - axes.size() + i)) return false;
    }
    return true;
  }

  Why why(const Node& node, const graph::Elementwise& op) const {
    static const std::set<std::string> kUnary{"relu",    "relu6", "gelu", "silu", "swish",
                                              "sigmoid", "tanh",  "exp",  "neg",  "reciprocal"};
    static const std::set<std::string> kEither{"add", "sum", "mul", "max", "min"};
    const TensorId out = node.outputs[0];
    const bool plain = node.outputs.size() == 1;
    if (plain && node.inputs.size() == 1 && kUnary.contains(op.kind)) return std::nullopt;
    const bool binary = plain && node.inputs.size() == 2;
    if (binary && (kEither.contains(op.kind) || op.kind == "sub")) {
      const auto whole = [&](std::size_t i) {
        return elements(node.inputs[i]) == elements(out) &&
               !list_.graph.tensors[node.inputs[i]].constant;
      };
      const std::size_t full = whole(0) ? 0 : 1;
      const bool order = full == 0 || op.kind != "sub";
      if (whole(full) && order && fits(node.inputs[1 - full], out)) return std::nullopt;
      return "elementwise " + op.kind + " with a broadcast or scalar operand";
    }
    return "elementwise " + op.kind;
  }
  /// As large as the result and in its order, one number a channel, or a row of it.
  bool fits(TensorId y, TensorId out) const {
    const bool image = list_.images.contains(out);
    if (elements(y) == elements(out)) return list_.images.contains(y) == image || !turned(out);
    Shape s = shape(y);
    while (!s.empty() && s.front() == 1) s.erase(s.begin());
    if (s.empty()) return false;
    const Shape& all = shape(out);
    if (image) return s == Shape{all[1], 1, 1};
    return s.size() <= all.size() && std::equal(s.rbegin(), s.rend(), all.rbegin());
  }

  Why why(const Node& node, const graph::Layout& layout) const {
    const bool alias = list_.storage[node.outputs[0]] ==
                       list_.storage[node.inputs.empty() ? node.outputs[0] : node.inputs[0]];
    const bool to_last = layout.kind == "transpose" && layout.perm == Shape{0, 2, 3, 1};
    if (layout.kind == "constant" || (alias && to_last)) return std::nullopt;
    return alias ? image(node, layout.kind.c_str()) : Why{"layout " + layout.kind};
  }
  Why why(const Node&, const graph::Opaque& opaque) const { return "opaque " + opaque.kind; }

  const StepList& list_;
  std::int64_t longest_row_;
  std::set<TensorId> fused_;  ///< Outputs of fused attention.
};

}  // namespace

std::map<std::string, std::int64_t> inexact_nodes(const StepList& list, std::int64_t longest_row) {
  std::map<std::string, std::int64_t> counts;
  const Exactness exactness{list, longest_row};
  for (const Node& node : list.graph.nodes) {
    if (const auto why = exactness.of(node)) ++counts[*why];
  }
  return counts;
}

}  // namespace npulse::lowering
