// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/importers/onnx/onnx_model.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "traces/graph/shapes.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#include <onnx/shape_inference/implementation.h>
#pragma GCC diagnostic pop

namespace npulse::tests {

namespace {

void set_dims(::onnx::ValueInfoProto& info, const std::vector<Dim>& dims, int type) {
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  auto& shape = *tensor.mutable_shape();
  for (const Dim& dim : dims) {
    if (const auto* symbol = std::get_if<std::string>(&dim)) {
      shape.add_dim()->set_dim_param(*symbol);
    } else {
      shape.add_dim()->set_dim_value(std::get<std::int64_t>(dim));
    }
  }
}

struct SetAttribute {
  ::onnx::AttributeProto& proto;

  void operator()(std::int64_t value) const {
    proto.set_type(::onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(int value) const { (*this)(std::int64_t{value}); }
  void operator()(double value) const {
    proto.set_type(::onnx::AttributeProto::FLOAT);
    proto.set_f(static_cast<float>(value));
  }
  void operator()(const char* value) const {
    proto.set_type(::onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const Dims& values) const {
    proto.set_type(::onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
};

/// Absent when inference left something open.
std::optional<Dims> complete_shape(const ::onnx::ValueInfoProto& info) {
  if (!info.type().tensor_type().has_shape()) return std::nullopt;
  Dims dims;
  for (const auto& dim : info.type().tensor_type().shape().dim()) {
    if (!dim.has_dim_value()) return std::nullopt;
    dims.push_back(dim.dim_value());
  }
  return dims;
}

}  // namespace

OnnxModel::OnnxModel(int opset) {
  model_.set_ir_version(8);
  model_.add_opset_import()->set_version(opset);
  auto& runtime = *model_.add_opset_import();
  runtime.set_domain("com.microsoft");
  runtime.set_version(1);
  model_.mutable_graph()->set_name("test");
}

std::string OnnxModel::fresh(const std::string& stem) {
  return stem + std::to_string(++made_);
}

std::string OnnxModel::input(const std::string& name, const std::vector<Dim>& dims, int type) {
  auto& info = *model_.mutable_graph()->add_input();
  info.set_name(name);
  set_dims(info, dims, type);
  return name;
}

::onnx::TensorProto& OnnxModel::initializer(const Dims& dims, int type) {
  auto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(fresh("w"));
  tensor.set_data_type(type);
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  return tensor;
}

std::string OnnxModel::weight(const Dims& dims, int type) {
  auto& tensor = initializer(dims, type);
  tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value("/does/not/exist.bin");
  return tensor.name();
}

std::string OnnxModel::ints(const Dims& values) {
  auto& tensor = initializer({static_cast<std::int64_t>(values.size())}, kInt64);
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor.name();
}

std::string OnnxModel::scalar(std::int64_t value) {
  auto& tensor = initializer({}, kInt64);
  tensor.set_raw_data(&value, sizeof value);
  return tensor.name();
}

std::string OnnxModel::floats(const std::vector<float>& values) {
  auto& tensor = initializer({static_cast<std::int64_t>(values.size())}, kFloat);
  for (const float value : values) tensor.add_float_data(value);
  return tensor.name();
}

std::string OnnxModel::node(const std::string& op, const Names& inputs,
                            const Attributes& attributes, int outputs, const std::string& domain) {
  auto& node = *model_.mutable_graph()->add_node();
  const std::string name = fresh(op);
  node.set_name("node_" + name);
  node.set_op_type(op);
  node.set_domain(domain);
  for (const auto& input : inputs) node.add_input(input);
  for (int i = 0; i < outputs; ++i) node.add_output(i == 0 ? name : name + "." + std::to_string(i));
  for (const auto& [key, value] : attributes) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(key);
    std::visit(SetAttribute{attribute}, value);
  }
  return name;
}

void OnnxModel::output(const std::string& name) {
  auto& info = *model_.mutable_graph()->add_output();
  info.set_name(name);
}

void OnnxModel::output(const std::string& name, const Dims& dims) {
  auto& info = *model_.mutable_graph()->add_output();
  info.set_name(name);
  set_dims(info, {dims.begin(), dims.end()}, kFloat);
}

importers::Imported OnnxModel::import(const std::map<std::string, std::int64_t>& dims) const {
  std::istringstream in{bytes()};
  return importers::import_onnx(in, "test.onnx", {false, dims});
}

graph::Graph OnnxModel::graph(const std::map<std::string, std::int64_t>& dims) const {
  return std::get<graph::Graph>(import(dims).product);
}

const graph::Tensor& tensor_named(const graph::Graph& graph, const std::string& name) {
  const auto found = std::ranges::find(graph.tensors, name, &graph::Tensor::name);
  INFO(name);
  REQUIRE(found != graph.tensors.end());
  return *found;
}

int compare_with_onnx(const OnnxModel& model, const graph::Graph& graph) {
  ::onnx::ModelProto proto;
  proto.ParseFromString(model.bytes());
  ::onnx::shape_inference::InferShapes(proto, ::onnx::OpSchemaRegistry::Instance(),
                                       {true, true, true});
  std::map<std::string, Dims> inferred;
  for (const auto* list : {&proto.graph().value_info(), &proto.graph().output()}) {
    for (const auto& info : *list) {
      if (const auto dims = complete_shape(info)) inferred[info.name()] = *dims;
    }
  }
  int compared = 0;
  for (const auto& tensor : graph.tensors) {
    const auto found = inferred.find(tensor.name);
    if (found == inferred.end()) continue;
    INFO(tensor.name);
    CHECK(graph::shape_text(tensor.shape) == graph::shape_text(found->second));
    ++compared;
  }
  return compared;
}

}  // namespace npulse::tests
