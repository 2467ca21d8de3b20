// SPDX-License-Identifier: Apache-2.0
// Operators that we do not know are counted, costed and reported; and shapes that models compute.
#include <catch2/catch.hpp>

#include "tests/traces/importers/onnx/onnx_model.h"

namespace npulse::tests {

using Catch::Matchers::Contains;

TEST_CASE("Unknown operators become traffic and one warning a kind") {
  OnnxModel model;
  model.input("x", {std::int64_t{4}, std::int64_t{8}});
  std::string x = "x";
  for (int i = 0; i < 3; ++i) {
    x = model.node("Det", {x});
    auto& info = *model.proto().mutable_graph()->add_value_info();
    info.set_name(x);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(kFloat);
    for (const std::int64_t n : {4, 8}) tensor.mutable_shape()->add_dim()->set_dim_value(n);
  }
  const std::string y = model.node("Mystery", {x}, {}, 1, "org.example");
  model.output(y, {4, 2});
  const auto imported = model.import();
  const auto& graph = std::get<graph::Graph>(imported.product);
  CHECK(operations<graph::Opaque>(graph).size() == 4);
  CHECK(tensor_named(graph, y).shape == Dims{4, 2});
  REQUIRE(imported.warnings.size() == 2);
  CHECK_THAT(imported.warnings[0].text(), Contains("3 nodes of 'Det', the first 'node_Det1'"));
  CHECK_THAT(imported.warnings[1].text(), Contains("1 node of 'org.example.Mystery'"));
}

TEST_CASE("An unknown operator without a shape in the file is a fault that says what to do") {
  OnnxModel model;
  model.input("x", {std::int64_t{4}});
  model.output(model.node("Mystery", {"x"}));
  CHECK_THROWS_WITH(model.import(), Contains("node 'node_Mystery1' (Mystery)") &&
                                        Contains("onnx.shape_inference.infer_shapes"));
}

TEST_CASE("Loops and branches are unknown operators") {
  for (const char* op : {"If", "Loop", "Scan"}) {
    OnnxModel model;
    model.input("x", {std::int64_t{4}}, kBool);
    model.output(model.node(op, {"x"}), {4});
    CHECK(model.import().warnings.size() == 1);
  }
}

TEST_CASE("A shape that depends on data is taken from the file, if it is there") {
  OnnxModel model;
  model.input("x", {std::int64_t{6}});
  model.input("shape", {std::int64_t{2}}, kInt64);
  model.output(model.node("Reshape", {"x", "shape"}), {2, 3});
  const auto imported = model.import();
  CHECK_THAT(imported.warnings.at(0).text(), Contains("1 node of 'Reshape'"));
  CHECK(tensor_named(std::get<graph::Graph>(imported.product), "Reshape1").shape == Dims{2, 3});
}

TEST_CASE("Three-dimensional convolutions have a shape, but count as unknown") {
  OnnxModel model;
  model.input(
      "x", {std::int64_t{1}, std::int64_t{2}, std::int64_t{8}, std::int64_t{8}, std::int64_t{8}});
  model.output(model.node("Conv", {"x", model.weight({4, 2, 3, 3, 3})}));
  const auto imported = model.import();
  const auto& graph = std::get<graph::Graph>(imported.product);
  CHECK(graph.tensors[graph.outputs[0]].shape == Dims{1, 4, 6, 6, 6});
  CHECK(imported.warnings.size() == 1);
}

TEST_CASE("A shape in the file that does not follow from the inputs is a warning") {
  OnnxModel model;
  model.input("x", {std::int64_t{4}});
  model.output(model.node("Relu", {"x"}), {5});
  const auto imported = model.import();
  REQUIRE(imported.warnings.size() == 1);
  CHECK_THAT(imported.warnings[0].text(), Contains("makes [4], though the file says [5]"));
}

namespace {

/// Reshapes x [batch, 6, 4] to what `shape` computes.
Dims reshaped_to(const std::function<std::string(OnnxModel&)>& shape) {
  OnnxModel model;
  model.input("x", {"batch", std::int64_t{6}, std::int64_t{4}});
  model.output(model.node("Reshape", {"x", shape(model)}));
  const auto graph = model.graph({{"batch", 5}});
  CHECK(operations<graph::Layout>(graph).size() == 1);
  return graph.tensors[graph.outputs[0]].shape;
}

}  // namespace

TEST_CASE("Shapes that a model computes come out, and their arithmetic costs nothing") {
  const auto dim = [](OnnxModel& m, std::int64_t axis) {
    const std::string n = m.node("Gather", {m.node("Shape", {"x"}), m.scalar(axis)});
    return m.node("Unsqueeze", {n, m.ints({0})});
  };
  const auto joined = [](OnnxModel& m, const Names& parts) {
    return m.node("Concat", parts, {{"axis", 0}});
  };
  CHECK(reshaped_to([&](auto& m) { return joined(m, {dim(m, 0), m.ints({-1})}); }) == Dims{5, 24});
  CHECK(reshaped_to([&](auto& m) {
          return joined(m, {m.node("Mul", {dim(m, 0), dim(m, 1)}), dim(m, -1)});
        }) == Dims{30, 4});
  CHECK(reshaped_to([&](auto& m) {
          const std::string half = m.node("Div", {dim(m, 2), m.ints({3})});  // 4 / 3 is 1
          return joined(m, {half, m.ints({-1})});
        }) == Dims{1, 120});
  CHECK(reshaped_to([&](auto& m) {
          const std::string two =
              m.node("Slice", {m.node("Shape", {"x"}), m.ints({-2}), m.ints({INT64_MAX})});
          return joined(m, {m.ints({-1}), m.node("ReduceProd", {two})});
        }) == Dims{5, 24});
  CHECK(reshaped_to([&](auto& m) {
          const std::string minus = m.node("ConstantOfShape", {m.ints({2})});
          const std::string free =
              m.node("Equal", {m.node("Cast", {minus}, {{"to", kInt64}}), m.ints({0, 1})});
          return m.node("Where", {free, m.ints({-1, 7}), m.ints({9, 6})});
        }) == Dims{20, 6});
  CHECK(
      reshaped_to([&](auto& m) {
        const std::string range = m.node("Range", {m.scalar(4), m.scalar(7), m.scalar(2)});  // 4, 6
        return joined(m, {range, m.ints({-1})});
      }) == Dims{4, 6, 5});
}

}  // namespace npulse::tests
