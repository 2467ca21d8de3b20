// SPDX-License-Identifier: Apache-2.0
// Fused attention, of ONNX itself and of ONNX Runtime. Its parts written out as products and
// softmax stay products and softmax.
#include <fmt/format.h>

#include <optional>

#include "traces/graph/shapes.h"
#include "traces/importers/onnx/ops.h"

namespace npulse::importers {

namespace {

/// [batch, rows, heads * d] as [batch, heads, rows, d]; what is so already stays.
Value& to_heads(NodeImport& node, Value& x, std::int64_t heads) {
  if (x.shape.size() == 4) return x;
  node.expect_rank(x, 3);
  if (heads < 1 || x.shape[2] % heads != 0) {
    node.fault(
        fmt::format("'{}' of shape {} for {} heads", x.name, graph::shape_text(x.shape), heads));
  }
  Value& parts = node.reshaped(x, {x.shape[0], x.shape[1], heads, x.shape[2] / heads});
  return node.transposed(parts, {0, 2, 1, 3});
}

/// Columns of earlier tokens, at inputs past and past + 1, come before the new ones.
Value& after_past(NodeImport& node, Value& fresh, std::size_t past) {
  if (!node.has(past)) return fresh;
  Value& old = node.input(past);
  node.expect_rank(old, 4);
  Shape shape = fresh.shape;
  shape[2] += old.shape[2];
  return node.emit(graph::Layout{"concat", {}}, {&old, &fresh}, shape, fresh.type);
}

void check(const NodeImport& node, const Value& q, const Value& k, const Value& v) {
  const bool fits = k.shape[0] == q.shape[0] && v.shape[0] == q.shape[0] &&
                    k.shape[3] == q.shape[3] && k.shape[1] == v.shape[1] &&
                    k.shape[2] == v.shape[2] && k.shape[1] > 0 && q.shape[1] % k.shape[1] == 0;
  if (!fits) {
    node.fault(fmt::format("q {}, k {} and v {} do not fit", graph::shape_text(q.shape),
                           graph::shape_text(k.shape), graph::shape_text(v.shape)));
  }
}

/// The node's mask at `place`, where it is one of scores: added, or truth values.
Value* mask_at(const NodeImport& node, std::size_t place, const Shape& scores) {
  if (!node.has(place)) return nullptr;
  Value& mask = node.input(place);
  const bool scores_wide = graph::broadcast(scores, mask.shape) == scores;
  const bool known = mask.type == graph::Type::i1 || mask.type >= graph::Type::fp8;
  return scores_wide && known ? &mask : nullptr;
}

/// q, k and v with heads in dimension 1, and so is the result. `mask` is the place of an input.
Value& attend(NodeImport& node, Value& q, Value& k, Value& v, bool causal,
              std::optional<std::size_t> mask = std::nullopt) {
  check(node, q, k, v);
  const std::int64_t batch = q.shape[0], heads = q.shape[1], rows = q.shape[2], d = v.shape[3];
  std::vector<Value*> inputs{&q, &k, &v};
  Value* found = mask ? mask_at(node, *mask, {batch, heads, rows, k.shape[2]}) : nullptr;
  if (found) inputs.push_back(&found->stored());
  return node.emit(graph::Attention{heads, k.shape[1], causal, node.real("scale", 0)}, inputs,
                   {batch, heads, rows, d}, q.type);
}

Value& merge_heads(NodeImport& node, Value& x) {
  const Shape shape{x.shape[0], x.shape[2], x.shape[1] * x.shape[3]};
  return node.reshaped(node.transposed(x, {0, 2, 1, 3}), shape);
}

/// Parts of the last dimension.
std::vector<Value*> split_last(NodeImport& node, Value& x, const Shape& widths) {
  std::vector<Value*> parts;
  std::int64_t sum = 0;
  for (const std::int64_t width : widths) {
    Shape shape = x.shape;
    shape.back() = width;
    parts.push_back(&node.make(shape, x.type));
    sum += width;
  }
  if (sum != x.shape.back()) {
    node.fault(
        fmt::format("parts of {} in {}", graph::shape_text(widths), graph::shape_text(x.shape)));
  }
  node.emit(graph::Layout{"split", {}}, {&x}, parts);
  return parts;
}

/// Stores the keys and values to go on with, if the node hands them out.
void output_present(NodeImport& node, Value& k, Value& v) {
  node.output(1, k);
  node.output(2, v);
}

/// ONNX: q, k, v, mask, past key, past value.
void import_onnx_attention(NodeImport& node) {
  Value& q_in = node.input(0);
  Value& q = to_heads(node, q_in, node.integer("q_num_heads", 0));
  const std::int64_t kv_heads = node.integer("kv_num_heads", 0);
  Value& k = after_past(node, to_heads(node, node.input(1), kv_heads), 4);
  Value& v = after_past(node, to_heads(node, node.input(2), kv_heads), 5);
  for (const Value* value : {&q, &k, &v}) node.expect_rank(*value, 4);
  Value& y = attend(node, q, k, v, node.integer("is_causal", 0) != 0, 3);
  node.output(0, q_in.shape.size() == 3 ? merge_heads(node, y) : y);
  output_present(node, k, v);
}

Shape qkv_widths(const NodeImport& node, const Value& weights) {
  if (const Shape given = node.integers("qkv_hidden_sizes"); given.size() == 3) return given;
  return Shape(3, node.dimension(weights, 1) / 3);
}

/// ONNX Runtime: x, weights of all three projections side by side, their bias, mask, past.
void import_projecting_attention(NodeImport& node) {
  if (node.has(4)) return node.unknown();
  Value &x = node.input(0), &weights = node.input(1).stored();
  node.expect_rank(x, 3);
  node.expect_rank(weights, 2);
  if (weights.shape[0] != x.shape[2]) node.fault("x and weights differ in depth");
  std::vector<Value*> inputs{&x.stored(), &weights};
  if (node.has(2)) inputs.push_back(&node.input(2));
  Value& qkv =
      node.emit(graph::Matmul{}, inputs, {x.shape[0], x.shape[1], weights.shape[1]}, x.type);
  const auto parts = split_last(node, qkv, qkv_widths(node, weights));
  const std::int64_t heads = node.integer("num_heads");
  Value& y = attend(node, to_heads(node, *parts[0], heads), to_heads(node, *parts[1], heads),
                    to_heads(node, *parts[2], heads), node.integer("unidirectional", 0) != 0, 5);
  node.output(0, merge_heads(node, y));
}

void import_attention(NodeImport& node) {
  return node.is_onnx() ? import_onnx_attention(node) : import_projecting_attention(node);
}

/// Adds each projection its part of a common bias.
void add_bias(NodeImport& node, std::vector<Value*>& projections, Value& bias) {
  Shape widths;
  for (const Value* x : projections) widths.push_back(x->shape.back());
  node.expect_rank(bias, 1);
  const auto parts = split_last(node, bias, widths);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Value*& x = projections[i];
    x = &node.emit(graph::Elementwise{"add"}, {x, parts[i]}, x->shape, x->type);
  }
}

/// q, k, v, bias, masks, past key and value at 6 and 7. Packed forms are unknown.
void import_multi_head(NodeImport& node) {
  if (!node.has(1) || !node.has(2) || node.input(0).shape.size() != 3) return node.unknown();
  std::vector<Value*> x{&node.input(0), &node.input(1), &node.input(2)};
  const bool projected = x[1]->shape.size() == 3 && x[2]->shape.size() == 3;
  if (node.has(3) && projected) add_bias(node, x, node.input(3));
  const std::int64_t heads = node.integer("num_heads");
  Value& q = to_heads(node, *x[0], heads);
  Value& k = after_past(node, to_heads(node, *x[1], heads), 6);
  Value& v = after_past(node, to_heads(node, *x[2], heads), 7);
  Value& y = attend(node, q, k, v, node.integer("unidirectional", 0) != 0, 5);
  node.output(0, merge_heads(node, y));
  output_present(node, k, v);
}

Value& rotated(NodeImport& node, Value& x) {
  if (node.integer("do_rotary", 0) == 0) return x;
  return node.emit(graph::Elementwise{"rope"}, {&x}, x.shape, x.type);
}

/// q, k, v (or all in the first), past key and value at 3 and 4; always causal.
void import_group_query(NodeImport& node) {
  const std::int64_t heads = node.integer("num_heads"), kv_heads = node.integer("kv_num_heads");
  node.expect_rank(node.input(0), 3);
  std::vector<Value*> x{&node.input(0)};
  if (node.has(1)) {
    x.insert(x.end(), {&node.input(1), &node.input(2)});
  } else {
    if (heads < 1 || kv_heads < 1) node.fault(fmt::format("{} heads, {} of keys", heads, kv_heads));
    const std::int64_t d = x[0]->shape[2] / (heads + 2 * kv_heads);
    x = split_last(node, *x[0], {heads * d, kv_heads * d, kv_heads * d});
  }
  Value& q = to_heads(node, rotated(node, *x[0]), heads);
  Value& k = after_past(node, to_heads(node, rotated(node, *x[1]), kv_heads), 3);
  Value& v = after_past(node, to_heads(node, *x[2], kv_heads), 4);
  node.output(0, merge_heads(node, attend(node, q, k, v, true)));
  output_present(node, k, v);
}

}  // namespace

std::span<const Operator> attention_operators() {
  static constexpr Operator kOperators[] = {{"Attention", import_attention},
                                            {"MultiHeadAttention", import_multi_head},
                                            {"GroupQueryAttention", import_group_query}};
  return kOperators;
}

}  // namespace npulse::importers
