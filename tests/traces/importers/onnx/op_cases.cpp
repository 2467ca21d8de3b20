// SPDX-License-Identifier: Apache-2.0
// Expected shapes are worked out by hand from the formulas in the ONNX operator texts.
#include "tests/traces/importers/onnx/op_cases.h"

namespace npulse::tests {

namespace {

class Cases {
 public:
  /// One node; the inputs are "x0", "x1", ... of the given shapes.
  void add(const std::string& op, const std::vector<Dims>& inputs, const Attributes& attributes,
           const Dims& shape) {
    add_after(
        op, inputs, [](OnnxModel&) { return Names{}; }, attributes, shape);
  }

  /// The same with further inputs that `more` makes.
  template <class More>
  void add_after(const std::string& op, const std::vector<Dims>& inputs, More more,
                 const Attributes& attributes, const Dims& shape) {
    OnnxModel model{opset};
    Names names = declare(model, inputs);
    for (const auto& name : more(model)) names.push_back(name);
    model.output(model.node(op, names, attributes, outputs, domain));
    cases.push_back({op + " " + std::to_string(cases.size()), std::move(model), shape});
  }

  std::vector<OpCase> cases;
  std::string domain;
  int opset = 17, outputs = 1, type = kFloat;

 private:
  Names declare(OnnxModel& model, const std::vector<Dims>& inputs) const {
    Names names;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      names.push_back(
          model.input("x" + std::to_string(i), {inputs[i].begin(), inputs[i].end()}, type));
    }
    return names;
  }
};

/// Vectors of integers as further inputs.
auto ints(const std::vector<Dims>& vectors) {
  return [vectors](OnnxModel& model) {
    Names names;
    for (const auto& values : vectors) names.push_back(model.ints(values));
    return names;
  };
}

void add_windows(Cases& cases) {
  const Dims two{2, 2};
  cases.add("Conv", {{1, 3, 10, 12}, {8, 3, 3, 5}}, {}, {1, 8, 8, 8});
  cases.add("Conv", {{1, 3, 10, 12}, {8, 3, 3, 3}},
            {{"pads", Dims{1, 2, 0, 1}}, {"strides", Dims{2, 3}}}, {1, 8, 5, 5});
  cases.add("Conv", {{1, 4, 9, 9}, {6, 2, 3, 3}, {6}}, {{"group", 2}, {"dilations", two}},
            {1, 6, 5, 5});
  cases.add("Conv", {{2, 4, 30}, {4, 1, 5}}, {{"group", 4}, {"pads", two}}, {2, 4, 30});
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER"}) {
    cases.add("Conv", {{1, 3, 10, 13}, {8, 3, 4, 4}}, {{"auto_pad", mode}, {"strides", Dims{3, 2}}},
              {1, 8, 4, 7});
    cases.add("Conv", {{1, 3, 10, 13}, {8, 3, 3, 3}}, {{"auto_pad", mode}, {"dilations", two}},
              {1, 8, 10, 13});
  }
  cases.add("Conv", {{1, 3, 10, 13}, {8, 3, 4, 4}},
            {{"auto_pad", "VALID"}, {"strides", Dims{3, 2}}}, {1, 8, 3, 5});
  cases.add("ConvTranspose", {{1, 8, 5, 5}, {8, 4, 3, 3}}, {{"strides", two}}, {1, 4, 11, 11});
  cases.add(
      "ConvTranspose", {{1, 8, 5, 5}, {8, 2, 3, 3}},
      {{"strides", two}, {"pads", Dims{1, 1, 1, 1}}, {"output_padding", Dims{1, 1}}, {"group", 2}},
      {1, 4, 10, 10});
  cases.add("ConvTranspose", {{1, 8, 5, 5}, {8, 4, 3, 3}},
            {{"strides", two}, {"output_shape", Dims{10, 9}}}, {1, 4, 10, 9});
  cases.add("ConvTranspose", {{1, 8, 5}, {8, 4, 4}}, {{"strides", Dims{2}}, {"dilations", Dims{3}}},
            {1, 4, 18});
  cases.add("MaxPool", {{1, 3, 10, 11}}, {{"kernel_shape", Dims{3, 3}}, {"strides", two}},
            {1, 3, 4, 5});
  cases.add("MaxPool", {{1, 3, 10, 11}},
            {{"kernel_shape", Dims{3, 3}}, {"strides", two}, {"ceil_mode", 1}}, {1, 3, 5, 5});
  cases.add("AveragePool", {{1, 3, 10, 11}},
            {{"kernel_shape", two}, {"auto_pad", "SAME_UPPER"}, {"strides", two}}, {1, 3, 5, 6});
  cases.add("AveragePool", {{1, 3, 16}}, {{"kernel_shape", Dims{4}}, {"pads", two}}, {1, 3, 17});
  cases.add("GlobalAveragePool", {{2, 3, 10, 11}}, {}, {2, 3, 1, 1});
  cases.add("GlobalMaxPool", {{2, 3, 10}}, {}, {2, 3, 1});
}

void add_products(Cases& cases) {
  cases.add("MatMul", {{4, 5}, {5, 6}}, {}, {4, 6});
  cases.add("MatMul", {{2, 1, 4, 5}, {3, 5, 6}}, {}, {2, 3, 4, 6});
  cases.add("MatMul", {{5}, {3, 5, 6}}, {}, {3, 6});
  cases.add("MatMul", {{3, 4, 5}, {5}}, {}, {3, 4});
  cases.add("MatMul", {{5}, {5}}, {}, {});
  cases.add("Gemm", {{4, 5}, {5, 6}}, {}, {4, 6});
  cases.add("Gemm", {{5, 4}, {6, 5}, {6}}, {{"transA", 1}, {"transB", 1}}, {4, 6});
  cases.add("Gemm", {{4, 5}, {6, 5}, {4, 1}}, {{"transB", 1}, {"alpha", 0.5}, {"beta", 2.0}},
            {4, 6});
}

void add_norms(Cases& cases) {
  cases.add("LayerNormalization", {{2, 5, 8}, {8}, {8}}, {}, {2, 5, 8});
  cases.add("LayerNormalization", {{2, 5, 8}, {5, 8}}, {{"axis", 1}}, {2, 5, 8});
  cases.add("BatchNormalization", {{2, 3, 4, 4}, {3}, {3}, {3}, {3}}, {}, {2, 3, 4, 4});
  cases.add("InstanceNormalization", {{2, 3, 4, 4}, {3}, {3}}, {}, {2, 3, 4, 4});
  cases.add("Softmax", {{2, 3, 4}}, {{"axis", 1}}, {2, 3, 4});
  cases.add("LogSoftmax", {{2, 3, 4}}, {}, {2, 3, 4});
}

void add_elementwise(Cases& cases) {
  for (const char* op : {"Relu", "Sigmoid", "Erf", "Sqrt", "HardSwish", "LeakyRelu", "Clip"}) {
    cases.add(op, {{2, 3}}, {}, {2, 3});
  }
  cases.add("Add", {{2, 1, 4}, {3, 1}}, {}, {2, 3, 4});
  cases.add("Pow", {{2, 3}, {}}, {}, {2, 3});
  cases.add("Max", {{2, 1}, {1, 3}, {1, 1, 1}}, {}, {1, 2, 3});
  cases.add("Less", {{4, 1}, {5}}, {}, {4, 5});
  cases.add("PRelu", {{2, 3, 4}, {3, 1}}, {}, {2, 3, 4});
  cases.add("LRN", {{1, 8, 4, 4}}, {{"size", 5}}, {1, 8, 4, 4});
  cases.add("Dropout", {{2, 3}}, {}, {2, 3});
  cases.add("ReduceMean", {{2, 3, 4}}, {{"axes", Dims{-1, 0}}}, {1, 3, 1});
  cases.add("ReduceMax", {{2, 3, 4}}, {{"axes", Dims{1}}, {"keepdims", 0}}, {2, 4});
  cases.add_after("ReduceSum", {{2, 3, 4}}, ints({{1, 2}}), {{"keepdims", 0}}, {2});
  cases.add("ReduceL2", {{2, 3, 4}}, {}, {1, 1, 1});
  cases.add("ArgMax", {{2, 3, 4}}, {{"axis", -2}, {"keepdims", 0}}, {2, 4});
}

void add_layouts(Cases& cases) {
  constexpr std::int64_t kEnd = INT64_MAX;
  cases.add_after("Reshape", {{2, 3, 4}}, ints({{0, -1}}), {}, {2, 12});
  cases.add("Flatten", {{2, 3, 4}}, {{"axis", 2}}, {6, 4});
  cases.add("Flatten", {{2, 3, 4}}, {{"axis", 0}}, {1, 24});
  cases.add_after("Squeeze", {{1, 3, 1, 4}}, ints({{0, -2}}), {}, {3, 4});
  cases.add_after("Unsqueeze", {{3, 4}}, ints({{0, -1}}), {}, {1, 3, 4, 1});
  cases.add("Transpose", {{2, 3, 4}}, {{"perm", Dims{1, 2, 0}}}, {3, 4, 2});
  cases.add("Transpose", {{2, 3, 4}}, {}, {4, 3, 2});
  cases.add("Concat", {{2, 3}, {2, 5}}, {{"axis", -1}}, {2, 8});
  cases.add("DepthToSpace", {{1, 8, 3, 5}}, {{"blocksize", 2}}, {1, 2, 6, 10});
  cases.add("SpaceToDepth", {{1, 2, 6, 10}}, {{"blocksize", 2}}, {1, 8, 3, 5});
  cases.add("Cast", {{2, 3}}, {{"to", 10}}, {2, 3});
  cases.add_after("Slice", {{10, 20}}, ints({{2, -5}, {kEnd, kEnd}}), {}, {8, 5});
  cases.add_after("Slice", {{10, 20}}, ints({{-1}, {-kEnd}, {1}, {-3}}), {}, {10, 7});
  cases.add_after("Slice", {{10, 20}}, ints({{1}, {8}, {0}, {3}}), {}, {3, 20});
  cases.add_after("Pad", {{2, 3}}, ints({{0, 1, 2, 3}}), {}, {4, 7});
  cases.add_after("Gather", {{10, 4, 6}}, ints({{1, 2}}), {{"axis", 1}}, {10, 2, 6});
  cases.add_after("Gather", {{10, 4}}, [](OnnxModel& m) { return Names{m.scalar(1)}; }, {}, {4});
  cases.add_after("GatherND", {{10, 4, 6}}, ints({{1, 2}}), {}, {6});
  cases.add_after("Expand", {{3, 1}}, ints({{2, 1, 4}}), {}, {2, 3, 4});
  cases.add_after("Tile", {{2, 3}}, ints({{3, 2}}), {}, {6, 6});
  cases.add_after("Resize", {{1, 3, 5, 7}},
                  [](OnnxModel& m) {
                    return Names{"", m.floats({1, 1, 2, 1.5F})};
                  },
                  {}, {1, 3, 10, 10});
  cases.add_after("Resize", {{1, 3, 5, 7}},
                  [](OnnxModel& m) {
                    return Names{"", "", m.ints({1, 3, 9, 9})};
                  },
                  {}, {1, 3, 9, 9});
  cases.outputs = 2;
  cases.add_after("Split", {{2, 10}}, ints({{3, 7}}), {{"axis", 1}}, {2, 3});
  cases.add("Split", {{4, 10}}, {}, {2, 10});
  cases.outputs = 1;
}

void add_quantised(Cases& cases) {
  const auto scales = [](OnnxModel& model) {
    return Names{model.weight({}), model.weight({}, kUint8)};
  };
  cases.add_after("QuantizeLinear", {{2, 3}}, scales, {}, {2, 3});
  cases.type = kUint8;
  cases.add_after("DequantizeLinear", {{2, 3}}, scales, {}, {2, 3});
  cases.add("MatMulInteger", {{2, 3}, {3, 4}}, {}, {2, 4});
  cases.add("ConvInteger", {{1, 3, 8, 8}, {4, 3, 3, 3}}, {}, {1, 4, 6, 6});
  cases.add_after("QLinearConv", {{1, 3, 8, 8}},
                  [&](OnnxModel& model) {
                    Names names = scales(model);
                    names.push_back(model.weight({4, 3, 3, 3}, kUint8));
                    for (int i = 0; i < 2; ++i) {
                      for (const auto& name : scales(model)) names.push_back(name);
                    }
                    return names;
                  },
                  {{"strides", Dims{2, 2}}}, {1, 4, 3, 3});
  cases.type = kFloat;
}

}  // namespace

std::vector<OpCase> standard_cases() {
  Cases cases;
  add_windows(cases);
  add_products(cases);
  add_norms(cases);
  add_elementwise(cases);
  add_layouts(cases);
  add_quantised(cases);
  return std::move(cases.cases);
}

std::vector<OpCase> other_cases() {
  Cases cases;
  cases.opset = 23;
  cases.add("GroupNormalization", {{2, 6, 4, 4}, {6}, {6}}, {{"num_groups", 3}}, {2, 6, 4, 4});
  cases.add("RMSNormalization", {{2, 5, 8}, {8}}, {}, {2, 5, 8});
  cases.add("Gelu", {{2, 3}}, {}, {2, 3});
  cases.add_after("ReduceMean", {{2, 3, 4}}, ints({{2}}), {}, {2, 3, 1});
  cases.add("Attention", {{2, 4, 7, 8}, {2, 2, 9, 8}, {2, 2, 9, 6}}, {}, {2, 4, 7, 6});
  cases.add("Attention", {{2, 7, 32}, {2, 9, 16}, {2, 9, 16}},
            {{"q_num_heads", 4}, {"kv_num_heads", 2}}, {2, 7, 32});
  cases.outputs = 3;
  cases.add("Split", {{7, 2}}, {{"num_outputs", 3}}, {3, 2});
  cases.outputs = 1;
  cases.domain = "com.microsoft";
  cases.add("Attention", {{2, 7, 32}, {32, 96}, {96}}, {{"num_heads", 4}}, {2, 7, 32});
  cases.add("MultiHeadAttention", {{2, 7, 32}, {2, 9, 32}, {2, 9, 16}, {80}}, {{"num_heads", 4}},
            {2, 7, 16});
  cases.add("GroupQueryAttention", {{2, 1, 32}, {2, 1, 16}, {2, 1, 16}, {2, 2, 9, 8}, {2, 2, 9, 8}},
            {{"num_heads", 4}, {"kv_num_heads", 2}, {"do_rotary", 1}}, {2, 1, 32});
  cases.add("SkipLayerNormalization", {{2, 5, 8}, {2, 5, 8}, {8}, {8}, {8}}, {}, {2, 5, 8});
  cases.add("SkipSimplifiedLayerNormalization", {{2, 5, 8}, {2, 5, 8}, {8}}, {}, {2, 5, 8});
  cases.add("BiasGelu", {{2, 5, 8}, {8}}, {}, {2, 5, 8});
  cases.add_after("MatMulNBits", {{2, 5, 64}},
                  [](OnnxModel& model) {
                    return Names{model.weight({96, 2, 16}, kUint8), model.weight({192})};
                  },
                  {{"K", 64}, {"N", 96}, {"bits", 4}, {"block_size", 32}}, {2, 5, 96});
  return std::move(cases.cases);
}

}  // namespace npulse::tests
