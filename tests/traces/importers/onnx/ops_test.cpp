// SPDX-License-Identifier: Apache-2.0
// Each operator on its own: shapes, attributes and what becomes of them.
#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"
#include "tests/traces/importers/onnx/op_cases.h"
#include "traces/graph/counts.h"
#include "traces/graph/shapes.h"

namespace npulse::tests {

using graph::Type;

namespace {

void check_case(const OpCase& op) {
  INFO(op.name);
  const auto imported = op.model.import();
  const auto& graph = std::get<graph::Graph>(imported.product);
  const auto& output = graph.tensors[graph.outputs.at(0)];
  CHECK(graph::shape_text(output.shape) == graph::shape_text(op.shape));
  CHECK(imported.warnings.empty());
  CHECK(operations<graph::Opaque>(graph).empty());
}

/// The only one in a model of one operator.
template <class Op>
Op only(const graph::Graph& graph) {
  const auto found = operations<Op>(graph);
  REQUIRE(found.size() == 1);
  return found[0];
}

graph::Graph conv_graph(const Attributes& attributes, const Dims& x, const Dims& w,
                        const std::string& op = "Conv") {
  OnnxModel model;
  model.input("x", {x.begin(), x.end()});
  model.output(model.node(op, {"x", model.weight(w)}, attributes));
  return model.graph();
}

std::string seed_path(const char* name) {
  return std::string{NPULSE_SOURCE_DIR} + "/tests/traces/importers/onnx/data/" + name;
}

/// All models as one: every operator, for the fuzzer to start from.
std::string text_of(const std::vector<OpCase>& cases, std::size_t step) {
  ::onnx::ModelProto all;
  for (std::size_t i = 0; i < cases.size(); i += step) {
    ::onnx::ModelProto model;
    model.ParseFromString(cases[i].model.bytes());
    const std::string prefix = "m" + std::to_string(i) + "_";
    const auto rename = [&](std::string* name) {
      if (!name->empty()) name->insert(0, prefix);
    };
    auto& graph = *model.mutable_graph();
    for (auto& input : *graph.mutable_input()) rename(input.mutable_name());
    for (auto& tensor : *graph.mutable_initializer()) rename(tensor.mutable_name());
    for (auto& output : *graph.mutable_output()) rename(output.mutable_name());
    for (auto& node : *graph.mutable_node()) {
      rename(node.mutable_name());
      for (auto& name : *node.mutable_input()) rename(&name);
      for (auto& name : *node.mutable_output()) rename(&name);
    }
    if (i == 0) *all.mutable_opset_import() = model.opset_import();
    all.mutable_graph()->MergeFrom(graph);
  }
  std::string text;
  google::protobuf::TextFormat::PrintToString(all, &text);
  return text;
}

}  // namespace

TEST_CASE(
    "Every operator of ONNX makes the shape that its text says, as ONNX's own inference does") {
  for (const OpCase& op : standard_cases()) {
    check_case(op);
    compare_with_onnx(op.model, op.model.graph());
  }
}

TEST_CASE("Operators of newer versions and of ONNX Runtime make the shapes that their texts say") {
  for (const OpCase& op : other_cases()) check_case(op);
}

TEST_CASE("auto_pad puts an odd padding's larger half at the end, or at the beginning") {
  // Ten elements in strides of 3 make 4 windows of 4: (4 - 1) * 3 + 4 - 10 = 3 to pad; 13 in 2: 3.
  const Dims x{1, 3, 10, 13}, w{8, 3, 4, 4};
  const auto pads = [&](const char* mode) {
    return only<graph::Conv>(conv_graph({{"auto_pad", mode}, {"strides", Dims{3, 2}}}, x, w)).pads;
  };
  CHECK(pads("SAME_UPPER") == std::array<std::int64_t, 4>{1, 1, 2, 2});
  CHECK(pads("SAME_LOWER") == std::array<std::int64_t, 4>{2, 2, 1, 1});
  CHECK(pads("VALID") == std::array<std::int64_t, 4>{});
  CHECK(pads("NOTSET") == std::array<std::int64_t, 4>{});
}

TEST_CASE("A convolution keeps its strides, dilations, pads and groups") {
  const auto conv = only<graph::Conv>(conv_graph({{"strides", Dims{2, 3}},
                                                  {"dilations", Dims{1, 2}},
                                                  {"pads", Dims{1, 2, 3, 4}},
                                                  {"group", 2}},
                                                 {1, 4, 20, 20}, {6, 2, 3, 3}));
  CHECK(conv == graph::Conv{{2, 3}, {1, 2}, {1, 2, 3, 4}, 2, false, {}});
}

TEST_CASE("A one-dimensional convolution becomes one of height 1 between free reshapes") {
  const auto graph =
      conv_graph({{"strides", Dims{2}}, {"pads", Dims{1, 3}}}, {1, 4, 20}, {6, 4, 5});
  CHECK(only<graph::Conv>(graph) == graph::Conv{{1, 2}, {1, 1}, {0, 1, 0, 3}, 1, false, {}});
  CHECK(operations<graph::Layout>(graph).size() == 2);
  CHECK(graph.tensors[graph.outputs[0]].shape == Dims{1, 6, (20 + 4 - 5) / 2 + 1});
}

TEST_CASE("A transposed convolution's output_shape is met by pads, or by output padding") {
  const auto conv = [](const Dims& shape) {
    return only<graph::Conv>(conv_graph({{"strides", Dims{2, 2}}, {"output_shape", shape}},
                                        {1, 8, 5, 5}, {8, 4, 3, 3}, "ConvTranspose"));
  };
  // Without pads: 2 * (5 - 1) + 3 = 11.
  CHECK(conv({8, 8}).pads == std::array<std::int64_t, 4>{2, 2, 1, 1});
  CHECK(conv({12, 12}).output_padding == std::array<std::int64_t, 2>{1, 1});
  CHECK(conv({12, 12}).transposed);
}

TEST_CASE("A window that rounding up adds reaches into pads, but never begins in them") {
  const auto pool = [](std::int64_t size, std::int64_t end) {
    OnnxModel model;
    model.input("x", {std::int64_t{1}, std::int64_t{1}, std::int64_t{1}, size});
    model.output(model.node("MaxPool", {"x"},
                            {{"kernel_shape", Dims{1, 2}},
                             {"strides", Dims{1, 2}},
                             {"pads", Dims{0, 0, 0, end}},
                             {"ceil_mode", 1}}));
    return model.graph();
  };
  CHECK(pool(5, 0).tensors.back().shape.back() == 3);
  CHECK(only<graph::Pool>(pool(5, 0)).pads[3] == 1);
  CHECK(pool(4, 1).tensors.back().shape.back() == 2);
}

TEST_CASE("alpha and beta cost nothing on constants and an operation elsewhere") {
  const auto multiplications = [](bool constant) {
    OnnxModel model;
    model.input("a", {std::int64_t{4}, std::int64_t{5}});
    const std::string b =
        constant ? model.weight({5, 6}) : model.input("b", {std::int64_t{5}, std::int64_t{6}});
    const std::string c = constant ? model.weight({6}) : model.input("c", {std::int64_t{6}});
    model.output(model.node("Gemm", {"a", b, c}, {{"alpha", 0.5}, {"beta", 2.0}}));
    return operations<graph::Elementwise>(model.graph()).size();
  };
  CHECK(multiplications(true) == 0);
  CHECK(multiplications(false) == 2);
}

TEST_CASE("Softmax before version 13 is over all dimensions from its axis on") {
  OnnxModel model{11};
  model.input("x", {std::int64_t{2}, std::int64_t{3}, std::int64_t{4}});
  model.output(model.node("Softmax", {"x"}));
  const auto graph = model.graph();
  for (const auto& node : graph.nodes) {
    if (!std::holds_alternative<graph::Softmax>(node.operation)) continue;
    CHECK(graph.tensors[node.inputs[0]].shape == Dims{2, 12});
  }
  CHECK(only<graph::Softmax>(graph).axis == 1);
  CHECK(graph.tensors[graph.outputs[0]].shape == Dims{2, 3, 4});
}

TEST_CASE("Matrix units read the quantised tensors of a QDQ model; others a dequantised one") {
  OnnxModel model;
  const auto dequantised = [&](const std::string& x) {
    return model.node("DequantizeLinear", {x, model.weight({}), model.weight({}, kUint8)});
  };
  model.input("x", {std::int64_t{1}, std::int64_t{3}, std::int64_t{8}, std::int64_t{8}}, kUint8);
  const std::string x = dequantised("x");
  const std::string y = model.node("Conv", {x, dequantised(model.weight({4, 3, 3, 3}, kUint8))});
  model.output(model.node("QuantizeLinear", {y, model.weight({}), model.weight({}, kUint8)}));
  SECTION("only the convolution reads") {
    const auto graph = model.graph();
    REQUIRE(graph.nodes.size() == 2);
    CHECK(graph.tensors[graph.nodes[0].inputs[0]].type == Type::i8);
    CHECK(graph.tensors[graph.nodes[0].inputs[1]].type == Type::i8);
    CHECK(std::get<graph::Elementwise>(graph.nodes[1].operation).kind == "quantise");
    CHECK(graph.tensors[graph.outputs[0]].type == Type::i8);
  }
  SECTION("something else reads, too") {
    model.output(model.node("Sigmoid", {x}));
    const auto graph = model.graph();
    REQUIRE(graph.nodes.size() == 4);
    CHECK(std::get<graph::Elementwise>(graph.nodes[2].operation).kind == "dequantise");
    CHECK(graph.tensors[graph.nodes[2].outputs[0]].type == Type::fp32);
  }
}

TEST_CASE("Fused attention has the multiplications of its formula") {
  struct Form {
    std::size_t i;
    std::int64_t macs;
  };
  const auto cases = other_cases();
  const std::int64_t b = 2, rows = 7;
  const std::int64_t onnx4 = b * 4 * rows * 9 * (8 + 6), onnx3 = b * 4 * rows * 9 * (8 + 8);
  CHECK(graph::count(cases[4].model.graph()).macs == onnx4);
  CHECK(graph::count(cases[5].model.graph()).macs == onnx3);
  CHECK(graph::count(cases[7].model.graph()).macs ==
        b * rows * 32 * 96 + b * 4 * rows * rows * (8 + 8));
  CHECK(graph::count(cases[8].model.graph()).macs == b * 4 * rows * 9 * (8 + 4));
  CHECK(graph::count(cases[9].model.graph()).macs == b * 4 * 1 * (9 + 1) * (8 + 8));
  CHECK(only<graph::Attention>(cases[5].model.graph()).kv_heads == 2);
  CHECK(only<graph::Attention>(cases[9].model.graph()).causal);
}

TEST_CASE("Attention keeps its scale and a mask that broadcasts to the scores") {
  struct Form {
    Dims mask;
    int type;
    std::size_t inputs;
  };
  for (const Form& form : {Form{{7, 9}, kFloat, 4}, Form{{2, 1, 1, 9}, kBool, 4},
                           Form{{2, 4, 7, 9}, kFloat, 4}, Form{{2}, kInt64, 3}}) {
    OnnxModel model{23};
    model.input("q", {std::int64_t{2}, std::int64_t{4}, std::int64_t{7}, std::int64_t{8}});
    model.input("k", {std::int64_t{2}, std::int64_t{2}, std::int64_t{9}, std::int64_t{8}});
    model.input("m", {form.mask.begin(), form.mask.end()}, form.type);
    model.output(model.node("Attention", {"q", "k", "k", "m"}, {{"scale", 0.5}, {"is_causal", 1}}));
    const auto graph = model.graph();
    REQUIRE(graph.nodes.size() == 1);
    CHECK(graph.nodes[0].inputs.size() == form.inputs);
    CHECK(only<graph::Attention>(graph) == graph::Attention{4, 2, true, 0.5});
  }
}

TEST_CASE("Packed weights have their own type and the shape that they stand for") {
  const auto cases = other_cases();
  const auto graph = cases.back().model.graph();
  CHECK(graph::count(graph).macs == 2 * 5 * 64 * 96);
  CHECK(graph::count(graph).weights == Bytes{64 * 96 / 2});
}

TEST_CASE("The seeds of the fuzzer are the models of these tests", "[seeds]") {
  const std::string standard = text_of(standard_cases(), 1), other = text_of(other_cases(), 1);
  if (std::getenv("NPULSE_WRITE_SEEDS")) {
    write_file(seed_path("standard.textproto"), standard);
    write_file(seed_path("other.textproto"), other);
  }
  CHECK(read_file(seed_path("standard.textproto")) == standard);
  CHECK(read_file(seed_path("other.textproto")) == other);
}

}  // namespace npulse::tests
