// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/step_builder.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "sim/core/error.h"
#include "traces/lowering/graph/step_context.h"
#include "traces/lowering/graph/vector_kinds.h"

namespace npulse::lowering {
namespace {

/// The largest divisor of n that is at most `limit`.
std::int64_t divisor_within(std::int64_t n, std::int64_t limit) {
  for (std::int64_t pieces = ceil_div(n, limit); pieces < n; ++pieces) {
    if (n % pieces == 0) return n / pieces;
  }
  return 1;
}

class Builder : StepContext {
 public:
  Builder(const graph::Graph& graph, std::int64_t longest_row, const Fuse& fuse)
      : StepContext{graph}, longest_row_{longest_row}, fuse_{fuse} {}

  StepList build() {
    for (node_ = 0; node_ < list_.graph.nodes.size(); ++node_) {
      if (absorbed_.contains(node_)) continue;
      const Node node = list_.graph.nodes[node_];
      std::visit([&](const auto& operation) { lower(node, operation); }, node.operation);
    }
    return std::move(list_);
  }

 private:
  void contraction(const Node& node, ContractionStep work) {
    work.output = fuse(work.then, work.output, work.loops.channels());
    step(node, std::move(work));
  }

  /// A bias that is one number a channel, or as large as the result.
  void add_bias(ContractionStep& work, const Node& node) const {
    if (node.inputs.size() < 3) return;
    const auto op = fused_op(isa::VecKind::add, node.inputs[2], work.output, work.loops.channels());
    if (!op) {
      refuse(node, "its third input is neither a constant a channel nor as large as the result",
             "add it by an elementwise node");
    }
    work.then.push_back(*op);
  }

  /// A window altogether in the padding has no input element to begin with.
  static void require_inputs(const Node& node, const Contraction& l) {
    const auto outside = [](std::int64_t outputs, std::int64_t stride, std::int64_t reach,
                            std::int64_t pad, std::int64_t extent) {
      return pad >= reach || (outputs - 1) * stride - pad >= extent;
    };
    if (outside(l.oh, l.stride_h, (l.kh - 1) * l.dilation_h + 1, l.pad_top, l.h) ||
        outside(l.ow, l.stride_w, (l.kw - 1) * l.dilation_w + 1, l.pad_left, l.w)) {
      refuse(node, "its padding is as wide as a window", "pad by a node of its own");
    }
  }

  [[noreturn]] static void refuse(const Node& node, const std::string& what,
                                  const std::string& hint) {
    throw InputError{"node " + node.name, what + ", which lowering does not know yet", hint};
  }

  void lower(const Node& node, const graph::Conv& conv) {
    if (conv.transposed) return transposed(node, conv);
    const Shape &x = tensor(node.inputs[0]).shape, &w = tensor(node.inputs[1]).shape;
    const Shape& out = tensor(node.outputs[0]).shape;
    ContractionStep work;
    Contraction& loops = work.loops;
    loops.batch = x[0];
    loops.groups = conv.groups;
    loops.h = x[2], loops.w = x[3], loops.c = w[1];
    loops.oh = out[2], loops.ow = out[3], loops.oc = out[1] / conv.groups;
    loops.kh = w[2], loops.kw = w[3];
    loops.stride_h = conv.stride[0], loops.stride_w = conv.stride[1];
    loops.dilation_h = conv.dilation[0], loops.dilation_w = conv.dilation[1];
    loops.pad_top = conv.pads[0], loops.pad_left = conv.pads[1];
    work.input = node.inputs[0], work.weights = node.inputs[1], work.output = node.outputs[0];
    work.weights_constant = tensor(work.weights).constant;
    require_inputs(node, loops);
    if (!work.weights_constant) {
      refuse(node, "its weights are no constant", "mark them constant, or use a matmul");
    }
    add_bias(work, node);
    contraction(node, std::move(work));
  }

  /// Each input pixel times all taps; what overlaps is then added up.
  void transposed(const Node& node, const graph::Conv& conv) {
    const Shape &x = tensor(node.inputs[0]).shape, &w = tensor(node.inputs[1]).shape;
    const TensorId out = node.outputs[0];
    ContractionStep work;
    work.loops = product_of(1, x[0] * x[2] * x[3], w[1] * w[2] * w[3], x[1] / conv.groups);
    work.loops.groups = conv.groups;
    work.input = node.inputs[0], work.weights = node.inputs[1], work.output = out;
    const std::int64_t made = x[0] * x[2] * x[3] * work.loops.channels();
    if (made == elements(out)) return step(node, std::move(work));
    work.output = temporary(node.name + ".taps", {made});
    const TensorId taps = work.output;
    step(node, std::move(work));
    copy_between(node, {taps, made}, whole(out));
  }

  void copy_between(const Node& node, Part from, Part to) { step(node, CopyStep{{from}, {to}}); }

  void lower(const Node& node, const graph::Matmul& matmul) {
    TensorId a = node.inputs[0];
    const TensorId b = node.inputs[1], out = node.outputs[0];
    if (matmul.a_transposed) {
      a = temporary(node.name + ".a", tensor(a).shape);
      copy_between(node, whole(node.inputs[0]), whole(a));
    }
    const Shape& result = tensor(out).shape;
    const Shape& right = tensor(b).shape;
    const std::int64_t n = result.empty() || right.size() < 2 ? 1 : result.back();
    const std::int64_t k = std::max<std::int64_t>(
        1,
        right.size() < 2 ? elements(b) : right[right.size() - 2 + (matmul.b_transposed ? 1 : 0)]);
    const std::int64_t products = elements(b) / (k * n);
    const std::int64_t rows = elements(out) / n;
    const std::int64_t batch =
        products > 1 ? product_of_extents({result.data(), result.size() - 2}) : 1;
    if (elements(a) != rows * k || (products > 1 && products != batch)) {
      refuse(node, "its leading dimensions broadcast", "repeat the smaller input by an expand");
    }
    ContractionStep work;
    work.loops = product_of(batch, rows / batch, n, k);
    work.loops.weight_batches = products;
    work.input = a, work.weights = b, work.output = out;
    work.weights_constant = tensor(b).constant && products == 1;
    work.weights_transposed = matmul.b_transposed && !work.weights_constant;
    add_bias(work, node);
    contraction(node, std::move(work));
  }

  void lower(const Node& node, const graph::Attention& attention) {
    const FusedAttentionStep work = attention_step(node, attention);
    // A row that sees nothing gives zeros, which only softmax on whole rows knows.
    const bool all_see = !work.shape.causal || work.shape.rows <= work.shape.tokens;
    const auto tiling = all_see ? fuse_(work.shape, mask_use(work)) : std::nullopt;
    if (!tiling) return unfused(node, work);
    FusedAttentionStep fused = work;
    fused.tiling = *tiling;
    step(node, fused);
  }

  MaskUse mask_use(const FusedAttentionStep& attention) const {
    const AttentionShape& s = attention.shape;
    if (!attention.mask) return MaskUse::none;
    const bool whole = elements(*attention.mask) == s.batch * s.heads * s.rows * s.tokens;
    return whole && attention.mask_kind == MaskKind::added ? MaskUse::any_form
                                                           : MaskUse::fused_only;
  }

  /// Scores go through memory, scaled and masked in the accumulators.
  void unfused(const Node& node, const FusedAttentionStep& attention) {
    const AttentionShape& shape = attention.shape;
    const std::int64_t batch = shape.batch * shape.heads, kv_batch = shape.batch * shape.kv_heads;
    const TensorId scores =
        temporary(node.name + ".scores", {shape.batch, shape.heads, shape.rows, shape.tokens});
    ContractionStep qk;
    qk.loops = product_of(batch, shape.rows, shape.tokens, shape.width);
    qk.loops.weight_batches = kv_batch;
    qk.input = attention.q, qk.weights = attention.k, qk.output = scores;
    qk.weights_constant = false, qk.weights_transposed = true;
    if (attention.scale != 1)
      qk.then.push_back({isa::VecKind::mul, {}, isa::Broadcast::none, attention.scale});
    if (mask_use(attention) == MaskUse::fused_only) {
      refuse(node, "its mask is of truth values or smaller than the scores, and its form unfused",
             "leave the form to lowering");
    }
    if (attention.mask)
      qk.then.push_back({isa::VecKind::add, attention.mask, isa::Broadcast::none, 1});
    step(node, qk);
    VectorStep soft;
    soft.input = soft.output = scores;
    soft.out_cols = shape.tokens;
    soft.ops = {{isa::VecKind::softmax, {}, isa::Broadcast::none, 1}};
    if (shape.causal && shape.tokens <= longest_row_)
      soft.matrix_rows = shape.rows, soft.first_row_sees = shape.tokens - shape.rows;
    rows_of(node, soft, batch * shape.rows, shape.tokens);
    ContractionStep pv;
    pv.loops = product_of(batch, shape.rows, shape.value_width, shape.tokens);
    pv.loops.weight_batches = kv_batch;
    pv.input = scores, pv.weights = attention.v, pv.output = attention.output;
    pv.weights_constant = false;
    step(node, pv);
  }

  /// Rows that are worked on as a whole, in pieces when they are too long for it.
  void rows_of(const Node& node, VectorStep work, std::int64_t rows, std::int64_t cols) {
    const std::int64_t piece = cols > longest_row_ ? divisor_within(cols, longest_row_) : cols;
    work.rows = rows * (cols / piece);
    work.cols = piece;
    work.out_cols = std::min(work.out_cols, piece);
    work.whole_rows = true;
    step(node, std::move(work));
  }

  void lower(const Node& node, const graph::Softmax& softmax) {
    const Shape& shape = tensor(node.inputs[0]).shape;
    const auto rank = static_cast<std::int64_t>(shape.size());
    const std::int64_t axis = softmax.axis < 0 ? softmax.axis + rank : softmax.axis;
    const std::int64_t cols = shape.empty() ? 1 : shape[static_cast<std::size_t>(axis)];
    VectorStep work;
    work.input = node.inputs[0], work.output = node.outputs[0];
    work.out_cols = cols;
    work.ops = {{isa::VecKind::softmax, {}, isa::Broadcast::none, 1}};
    rows_of(node, work, elements(node.inputs[0]) / cols, cols);
  }

  void lower(const Node& node, const graph::Norm& norm) {
    const TensorId x = node.inputs[0];
    const Shape& shape = tensor(x).shape;
    if (norm.kind == graph::NormKind::batch) return channels_of(node, x, shape);
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto axis = static_cast<std::size_t>(norm.axis < 0 ? norm.axis + rank : norm.axis);
    const std::int64_t cols = product_of_extents({shape.data() + axis, shape.size() - axis});
    const bool rms = norm.kind == graph::NormKind::rms;
    VectorStep work;
    work.input = x, work.output = node.outputs[0];
    work.out_cols = cols;
    work.ops = {{rms ? isa::VecKind::rmsnorm : isa::VecKind::layernorm, {}, {}, 1e-5}};
    const bool fits = cols <= longest_row_;
    const auto row = [&](std::size_t i) {
      return fits && i < node.inputs.size() && elements(node.inputs[i]) == cols;
    };
    if (row(1)) work.ops[0].y = node.inputs[1], work.ops[0].broadcast = isa::Broadcast::row;
    if (row(2)) work.ops.push_back({isa::VecKind::add, node.inputs[2], isa::Broadcast::row, 1});
    rows_of(node, work, elements(x) / cols, cols);
  }

  /// A batch normalisation that nothing took in: scale and shift a channel.
  void channels_of(const Node& node, TensorId x, const Shape& shape) {
    VectorStep work;
    work.input = x, work.output = node.outputs[0];
    work.cols = work.out_cols = shape.size() > 1 ? shape[1] : elements(x);
    work.rows = elements(x) / work.cols;
    for (std::size_t i = 1; i < std::min<std::size_t>(3, node.inputs.size()); ++i) {
      const auto kind = i == 1 ? isa::VecKind::mul : isa::VecKind::add;
      work.ops.push_back({kind, node.inputs[i], isa::Broadcast::row, 1});
    }
    if (work.ops.empty()) work.ops.push_back({isa::VecKind::mul, {}, isa::Broadcast::none, 1});
    work.output = fuse(work.ops, work.output, work.cols);
    step(node, std::move(work));
  }

  void lower(const Node& node, const graph::Pool& pool) {
    const Shape &x = tensor(node.inputs[0]).shape, &out = tensor(node.outputs[0]).shape;
    pooled(node,
           pool.kind == graph::PoolKind::max ? isa::VecKind::pool_max : isa::VecKind::pool_avg,
           {x, out, pool.kernel, pool.stride, {pool.pads[0], pool.pads[1]}});
  }

  struct Windows {
    Shape x, out;
    std::array<std::int64_t, 2> kernel, stride, pads;
  };
  void pooled(const Node& node, isa::VecKind kind, const Windows& windows) {
    PoolStep work;
    work.kind = kind;
    Contraction& w = work.window;
    w.batch = windows.x[0], w.groups = windows.x[1];
    w.h = windows.x[2], w.w = windows.x[3];
    w.oh = windows.out[2], w.ow = windows.out[3];
    w.kh = windows.kernel[0], w.kw = windows.kernel[1];
    w.stride_h = windows.stride[0], w.stride_w = windows.stride[1];
    w.pad_top = windows.pads[0], w.pad_left = windows.pads[1];
    require_inputs(node, w);
    work.input = node.inputs[0], work.output = node.outputs[0];
    step(node, work);
  }

  void lower(const Node& node, const graph::Reduce& reduce) {
    const TensorId x = node.inputs[0], out = node.outputs[0];
    const Shape& shape = tensor(x).shape;
    const std::vector<std::int64_t> space{2, 3};
    if (image(x) && (reduce.axes == space || reduce.axes == Shape{-2, -1})) {
      const auto kind = reduction_kind(reduce.kind) == isa::VecKind::reduce_max
                            ? isa::VecKind::pool_max
                            : isa::VecKind::pool_avg;
      return pooled(node, kind,
                    {shape, {shape[0], shape[1], 1, 1}, {shape[2], shape[3]}, {1, 1}, {0, 0}});
    }
    reduced(node, reduction_kind(reduce.kind), x, out);
  }

  void reduced(const Node& node, isa::VecKind kind, TensorId x, TensorId out) {
    const std::int64_t rows = std::max<std::int64_t>(1, elements(out));
    const std::int64_t cols = std::max<std::int64_t>(1, elements(x) / rows);
    VectorStep work;
    work.input = x, work.output = out;
    work.ops = {{kind, {}, isa::Broadcast::none, 1}};
    if (cols <= longest_row_) return rows_of(node, work, rows, cols);
    const std::int64_t pieces = cols / divisor_within(cols, longest_row_);
    work.output = temporary(node.name + ".parts", {rows, pieces});
    const TensorId parts = work.output;
    rows_of(node, work, rows, cols);
    if (pieces < cols) return reduced(node, kind, parts, out);
    copy_between(node, whole(parts), whole(out));
  }

  void lower(const Node& node, const graph::Elementwise& op) {
    const TensorId out = node.outputs[0];
    const auto full = std::find_if(node.inputs.begin(), node.inputs.end(), [&](TensorId id) {
      return elements(id) == elements(out) && !tensor(id).constant;
    });
    const auto kinds = elementwise_kinds(op.kind);
    if (!kinds) ++list_.opaque[op.kind];
    if (!kinds || full == node.inputs.end() || node.outputs.size() > 1) return copy(node, false);
    VectorStep work;
    work.input = *full, work.output = out;
    work.cols = work.out_cols = elements(out);
    std::vector<TensorId> others;
    for (auto it = node.inputs.begin(); it != node.inputs.end(); ++it) {
      if (it != full) others.push_back(*it);
    }
    auto other = others.begin();
    for (const isa::VecKind kind : *kinds) {
      const bool second = takes_second_input(kind) && other != others.end();
      work.ops.push_back(second ? broadcast_op(work, kind, *other++)
                                : VectorOp{kind, {}, {}, elementwise_scalar(op.kind, kind)});
    }
    for (; other != others.end(); ++other) {
      work.ops.push_back(broadcast_op(work, isa::VecKind::mul, *other));
    }
    const bool rows_seen = work.rows > 1;
    work.output = fuse(work.ops, work.output, rows_seen ? work.cols : elements(out));
    step(node, std::move(work));
  }

  /// Sets the step's rows and columns where `y` is smaller than the result. One that is neither a
  /// row nor a column of it costs like a row of its size.
  VectorOp broadcast_op(VectorStep& work, isa::VecKind kind, TensorId y) {
    const std::int64_t all = elements(work.output), some = elements(y);
    if (some <= 1 || all % some != 0) return {kind, {}, isa::Broadcast::none, 1};
    if (some == all) return {kind, y, isa::Broadcast::none, 1};
    const Shape& shape = tensor(y).shape;
    const bool column = !image(work.output) && !shape.empty() && shape.back() == 1;
    const std::int64_t cols = column ? all / some : some;
    if (work.rows != 1 && work.cols != cols) return {kind, {}, isa::Broadcast::none, 1};
    work.cols = work.out_cols = cols;
    work.rows = all / cols;
    return {kind, y, column ? isa::Broadcast::column : isa::Broadcast::row, 1};
  }

  void lower(const Node& node, const graph::Layout& layout) {
    static const std::set<std::string> kFree{"reshape", "cast",    "identity",
                                             "flatten", "squeeze", "unsqueeze"};
    static const std::set<std::string> kPartial{"slice", "split", "gather", "expand", "tile"};
    if (layout.kind == "constant") return;
    const bool in_place =
        kFree.contains(layout.kind) || (layout.kind == "transpose" && keeps_order(node, layout));
    if (in_place) return alias(node.outputs[0], node.inputs[0]);
    copy(node, kPartial.contains(layout.kind));
  }

  /// True when only dimensions of 1 change places, or channels go last where they are last already.
  bool keeps_order(const Node& node, const graph::Layout& layout) const {
    const Shape& shape = tensor(node.inputs[0]).shape;
    if (image(node.inputs[0]) && layout.perm == Shape{0, 2, 3, 1}) return true;
    std::vector<std::int64_t> kept;
    for (const std::int64_t dim : layout.perm) {
      if (shape[static_cast<std::size_t>(dim)] != 1) kept.push_back(dim);
    }
    return std::is_sorted(kept.begin(), kept.end());
  }

  void lower(const Node& node, const graph::Opaque& opaque) {
    ++list_.opaque[opaque.kind];
    copy(node, false);
  }

  std::int64_t longest_row_;
  const Fuse& fuse_;
};

}  // namespace

StepList build_steps(const graph::Graph& graph, std::int64_t longest_row, const Fuse& fuse) {
  return Builder{graph, longest_row, fuse}.build();
}

}  // namespace npulse::lowering
