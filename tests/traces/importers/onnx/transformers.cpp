// SPDX-License-Identifier: Apache-2.0
// Transformers, with attention written out as PyTorch's exporter does.
#include "tests/traces/importers/onnx/networks.h"

namespace npulse::tests {

namespace {

class TransformerWriter {
 public:
  explicit TransformerWriter(const TransformerSize& size) : size_{size} {}

  OnnxModel& model() { return model_; }

  std::string linear(const std::string& x, std::int64_t from, std::int64_t to) {
    const std::string product = model_.node("MatMul", {x, model_.weight({from, to})});
    return model_.node("Add", {product, model_.weight({to})});
  }

  std::string norm(const std::string& x) {
    return model_.node("LayerNormalization",
                       {x, model_.weight({size_.hidden}), model_.weight({size_.hidden})});
  }

  std::string add(const std::string& a, const std::string& b) { return model_.node("Add", {a, b}); }

  std::string attention(const std::string& x, const std::string& mask) {
    const std::string q = to_heads(linear(x, size_.hidden, size_.hidden), {0, 2, 1, 3});
    const std::string k = to_heads(linear(x, size_.hidden, size_.hidden), {0, 2, 3, 1});
    const std::string v = to_heads(linear(x, size_.hidden, size_.hidden), {0, 2, 1, 3});
    std::string scores = model_.node("Div", {model_.node("MatMul", {q, k}), model_.weight({})});
    if (!mask.empty()) scores = add(scores, mask);
    const std::string p = model_.node("Softmax", {scores}, {{"axis", -1}});
    const std::string y =
        model_.node("Transpose", {model_.node("MatMul", {p, v})}, {{"perm", Dims{0, 2, 1, 3}}});
    const std::string merged = model_.node("Reshape", {y, shape_like(y, {size_.hidden})});
    return linear(merged, size_.hidden, size_.hidden);
  }

  std::string mlp(const std::string& x) {
    const std::string y = linear(x, size_.hidden, size_.ffn);
    const std::string erf = model_.node("Erf", {model_.node("Div", {y, model_.weight({})})});
    const std::string gelu = model_.node(
        "Mul", {model_.node("Mul", {y, add(erf, model_.weight({}))}), model_.weight({})});
    return linear(gelu, size_.ffn, size_.hidden);
  }

 private:
  /// The first two dimensions of x and then `rest`, computed in the graph.
  std::string shape_like(const std::string& x, const Dims& rest) {
    Names parts;
    for (const std::int64_t i : {0, 1}) {
      const std::string n =
          model_.node("Gather", {model_.node("Shape", {x}), model_.scalar(i)}, {{"axis", 0}});
      parts.push_back(model_.node("Unsqueeze", {n, model_.ints({0})}));
    }
    parts.push_back(model_.ints(rest));
    return model_.node("Concat", parts, {{"axis", 0}});
  }

  std::string to_heads(const std::string& x, const Dims& perm) {
    const std::string shape = shape_like(x, {size_.heads, size_.hidden / size_.heads});
    return model_.node("Transpose", {model_.node("Reshape", {x, shape})}, {{"perm", perm}});
  }

  TransformerSize size_;
  OnnxModel model_;
};

}  // namespace

OnnxModel bert_large() {
  TransformerWriter writer{kBertLarge};
  OnnxModel& model = writer.model();
  const std::int64_t h = kBertLarge.hidden;
  const Names ids{model.input("input_ids", {"batch", "seq"}, kInt64),
                  model.input("token_type_ids", {"batch", "seq"}, kInt64)};
  const std::string mask = model.input("mask", {"batch", std::int64_t{1}, std::int64_t{1}, "seq"});
  const std::string words = model.node("Gather", {model.weight({30522, h}), ids[0]});
  const std::string types = model.node("Gather", {model.weight({2, h}), ids[1]});
  const std::string length = model.node("Gather", {model.node("Shape", {ids[0]}), model.scalar(1)});
  const std::string places =
      model.node("Slice", {model.weight({512, h}), model.ints({0}),
                           model.node("Unsqueeze", {length, model.ints({0})}), model.ints({0})});
  std::string x = writer.norm(writer.add(writer.add(words, types), places));
  for (std::int64_t layer = 0; layer < kBertLarge.layers; ++layer) {
    x = writer.norm(writer.add(x, writer.attention(x, mask)));
    x = writer.norm(writer.add(x, writer.mlp(x)));
  }
  model.output(x);
  return std::move(model);
}

OnnxModel vit_base() {
  TransformerWriter writer{kVitBase};
  OnnxModel& model = writer.model();
  const std::int64_t h = kVitBase.hidden, patches = 14 * 14;
  model.input("image", {std::int64_t{1}, std::int64_t{3}, std::int64_t{224}, std::int64_t{224}});
  const std::string embedded =
      model.node("Conv", {"image", model.weight({h, 3, 16, 16}), model.weight({h})},
                 {{"strides", Dims{16, 16}}});
  const std::string rows = model.node("Reshape", {embedded, model.ints({0, h, -1})});
  const std::string tokens = model.node("Transpose", {rows}, {{"perm", Dims{0, 2, 1}}});
  const std::string all = model.node("Concat", {model.weight({1, 1, h}), tokens}, {{"axis", 1}});
  std::string x = writer.add(all, model.weight({1, patches + 1, h}));
  for (std::int64_t layer = 0; layer < kVitBase.layers; ++layer) {
    x = writer.add(x, writer.attention(writer.norm(x), ""));
    x = writer.add(x, writer.mlp(writer.norm(x)));
  }
  const std::string first = model.node("Gather", {writer.norm(x), model.scalar(0)}, {{"axis", 1}});
  const Names head{first, model.weight({1000, h}), model.weight({1000})};
  model.output(model.node("Gemm", head, {{"transB", 1}}));
  return std::move(model);
}

}  // namespace npulse::tests
