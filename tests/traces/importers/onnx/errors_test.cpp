// SPDX-License-Identifier: Apache-2.0
// What is wrong with a file, and how that is said.
#include <catch2/catch.hpp>
#include <functional>
#include <sstream>

#include "tests/support/temp_dir.h"
#include "tests/traces/importers/onnx/networks.h"

namespace npulse::tests {

using Catch::Matchers::Contains;

namespace {

/// The message of the InputError that it throws.
std::string fault_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    CHECK(error.exit_code() == 2);
    return error.what();
  }
  return "no fault";
}

std::string fault_of(const OnnxModel& model) {
  return fault_of([&] { model.import(); });
}

std::string fault_of_bytes(const std::string& bytes) {
  return fault_of([&] {
    std::istringstream in{bytes};
    importers::import_onnx(in, "bad.onnx", {});
  });
}

/// A node of one input of the given shape.
OnnxModel one_node(const std::string& op, const Dims& x, const Attributes& attributes = {},
                   const Names& more = {}) {
  OnnxModel model;
  model.input("x", {x.begin(), x.end()});
  Names inputs{"x"};
  inputs.insert(inputs.end(), more.begin(), more.end());
  model.output(model.node(op, inputs, attributes));
  return model;
}

}  // namespace

TEST_CASE("Files that are no ONNX models are faults") {
  CHECK_THAT(fault_of_bytes("Layer,M,N,K\nQKT,1024,1024,64\n"),
             Contains("bad.onnx: is no ONNX model"));
  CHECK_THAT(fault_of_bytes(""), Contains("has no graph"));
  CHECK_THAT(fault_of([] { importers::import_onnx("/does/not/exist.onnx", {}); }),
             Contains("/does/not/exist.onnx: cannot be read"));
}

TEST_CASE("A model that is cut off anywhere is a fault, or a smaller model") {
  const std::string bytes = one_node("Relu", {2, 3}).bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THAT(fault_of_bytes(bytes.substr(0, size)), !Contains("internal"));
  }
  const std::string large = resnet50().bytes();
  CHECK_THAT(fault_of_bytes(large.substr(0, large.size() / 2)), Contains("damaged or cut off"));
}

TEST_CASE("A claim of two gigabytes costs nothing") {
  // Field 7 of a model is its graph; then a length of 2^31 - 1 and no such bytes.
  CHECK_THAT(fault_of_bytes("\x3a\xff\xff\xff\xff\x07 few"), Contains("damaged or cut off"));
}

TEST_CASE("Shapes beyond all bounds are faults that name the node") {
  OnnxModel model;
  model.input("x", {std::int64_t{1}});
  model.output(model.node("Expand", {"x", model.ints(Dims(8, 1 << 30))}));
  CHECK_THAT(fault_of(model), Contains("test.onnx: node 'node_Expand2' (Expand)"));
  CHECK_THAT(fault_of(one_node("Relu", {1 << 30, 1 << 30})),
             Contains("input 'x': has no shape that we can count with"));
  OnnxModel weights;
  weights.output(weights.weight({INT64_MAX, INT64_MAX}));
  CHECK_THAT(fault_of(weights), Contains("initializer 'w1'"));
  OnnxModel negative;
  negative.output(negative.weight({-5}));
  CHECK_THAT(fault_of(negative), Contains("initializer 'w1'"));
}

TEST_CASE("A cycle is a fault that names one of its nodes") {
  OnnxModel model;
  model.input("x", {std::int64_t{4}});
  const std::string y = model.node("Relu", {"x"});
  const std::string a = model.node("Add", {y, "Mul3"});
  model.node("Mul", {a, y});
  model.output(model.node("Neg", {a}));
  const std::string fault = fault_of(model);
  CHECK_THAT(fault, Contains("reads what is computed from its own output"));
  CHECK_THAT(fault, Contains("'node_Add2'") || Contains("'node_Mul3'"));
}

TEST_CASE("Nodes in any order are imported in one that works") {
  OnnxModel model;
  model.input("x", {std::int64_t{4}});
  model.node("Relu", {"Neg2"});
  model.node("Neg", {"x"});
  model.output("Relu1");
  const auto graph = model.graph();
  CHECK(std::get<graph::Elementwise>(graph.nodes.at(0).operation).kind == "neg");
}

TEST_CASE("Names that nothing makes, or two nodes make, are faults") {
  CHECK_THAT(fault_of(one_node("Add", {4}, {}, {"nowhere"})), Contains("(Add): reads 'nowhere'"));
  OnnxModel twice = one_node("Relu", {4});
  twice.proto().mutable_graph()->mutable_node()->Add()->CopyFrom(twice.proto().graph().node(0));
  CHECK_THAT(fault_of(twice), Contains("makes 'Relu1', which node 'node_Relu1' makes already"));
  OnnxModel output;
  output.output("nothing");
  CHECK_THAT(fault_of(output), Contains("nothing makes the output 'nothing'"));
}

TEST_CASE("Operands that do not fit are faults of their node") {
  OnnxModel product;
  product.input("a", {std::int64_t{4}, std::int64_t{5}});
  product.output(product.node("MatMul", {"a", product.weight({6, 7})}));
  CHECK_THAT(fault_of(product),
             Contains("node 'node_MatMul2' (MatMul): a [4, 5] has 5 columns, b [6, 7] has 6"));
  OnnxModel conv;
  conv.input("x", {std::int64_t{1}, std::int64_t{3}, std::int64_t{8}, std::int64_t{8}});
  conv.output(conv.node("Conv", {"x", conv.weight({4, 2, 3, 3})}));
  CHECK_THAT(fault_of(conv), Contains("has 3 channels; weights [4, 2, 3, 3] in 1 groups need 2"));
  CHECK_THAT(fault_of(one_node("Relu", {})), Contains("no fault"));
  CHECK_THAT(fault_of(one_node("Concat", {4}, {{"axis", 1}})), Contains("axis 1 is outside"));
  CHECK_THAT(fault_of(one_node("Transpose", {4, 5}, {{"perm", Dims{0, 0}}})),
             Contains("perm = [0, 0]"));
  CHECK_THAT(fault_of(one_node("MaxPool", {1, 1, 4, 4}, {{"kernel_shape", Dims{5, 5}}})),
             Contains("a window of 5 does not fit in 4 elements"));
  CHECK_THAT(fault_of(one_node("MaxPool", {1, 1, 4, 4},
                               {{"kernel_shape", Dims{2, 2}}, {"strides", Dims{0, 1}}})),
             Contains("strides = 0; allowed are 1 to"));
  CHECK_THAT(fault_of(one_node("MaxPool", {1, 1, 4, 4},
                               {{"kernel_shape", Dims{2, 2}}, {"auto_pad", "SAME"}})),
             Contains("allowed: NOTSET, SAME_UPPER"));
}

TEST_CASE("A shape that depends on data is a fault that says so") {
  OnnxModel model;
  model.input("x", {std::int64_t{6}});
  model.input("shape", {std::int64_t{2}}, kInt64);
  model.output(model.node("Reshape", {"x", "shape"}));
  CHECK_THAT(fault_of(model), Contains("depends on the values of 'shape'"));
}

TEST_CASE("Symbolic dimensions without a value are faults, all at once, that say what to give") {
  OnnxModel model;
  model.input("x", {"batch", std::int64_t{-1}, "seq", "batch"});
  model.output(model.node("Relu", {"x"}));
  const std::string fault = fault_of(model);
  CHECK_THAT(fault, Contains("dimension 'batch' of x.0 has no value; give it one: --dim batch=1"));
  CHECK_THAT(fault, Contains("--dim x.1=1") && Contains("--dim seq=1"));
  const auto graph = model.graph({{"batch", 2}, {"x.1", 3}, {"seq", 5}});
  CHECK(graph.tensors[graph.outputs[0]].shape == Dims{2, 3, 5, 2});
}

TEST_CASE("A value for a dimension that the file lacks is a fault with the nearest name") {
  OnnxModel model;
  model.input("x", {"batch"});
  model.output(model.node("Relu", {"x"}));
  const std::string fault = fault_of([&] { model.import({{"batch", 1}, {"batsh", 2}}); });
  CHECK_THAT(fault, Contains("--dim batsh") && Contains("it has: batch") &&
                        Contains("did you mean 'batch'"));
}

TEST_CASE("Inputs that are no tensors are faults") {
  OnnxModel model;
  auto& info = *model.proto().mutable_graph()->add_input();
  info.set_name("list");
  info.mutable_type()->mutable_sequence_type();
  CHECK_THAT(fault_of(model), Contains("input 'list': is no tensor"));
}

}  // namespace npulse::tests
