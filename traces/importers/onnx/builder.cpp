// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/builder.h"

#include <fmt/format.h>

#include <utility>

namespace npulse::importers {

Value& Builder::add(Value value) {
  return values_.emplace_back(std::move(value));
}

Value* Builder::find(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

graph::TensorId Builder::tensor_of(Value& value) {
  if (value.tensor) return *value.tensor;
  const graph::TensorId id = graph_.tensors.size();
  value.tensor = id;
  graph_.tensors.push_back({value.name, value.type, value.shape, value.constant});
  if (value.quantised && !value.constant) {
    add_node(value.name, graph::Elementwise{"dequantise"}, {value.quantised}, value);
  }
  return id;
}

void Builder::rename(Value& value, const std::string& name) {
  value.name = name;
  if (value.tensor) graph_.tensors[*value.tensor].name = name;
}

void Builder::add_node(const std::string& source, graph::Operation operation,
                       const std::vector<Value*>& inputs, Value& output) {
  add_node(source, std::move(operation), inputs, std::vector<Value*>{&output});
}

void Builder::add_node(const std::string& source, graph::Operation operation,
                       const std::vector<Value*>& inputs, const std::vector<Value*>& outputs) {
  graph::Node node{unique_node_name(source), std::move(operation), {}, {}, source};
  for (Value* value : inputs) node.inputs.push_back(tensor_of(*value));
  for (Value* value : outputs) node.outputs.push_back(tensor_of(*value));
  graph_.nodes.push_back(std::move(node));
}

std::string Builder::unique_node_name(const std::string& name) {
  const int before = node_names_[name]++;
  return before == 0 ? name : unique_node_name(fmt::format("{}/{}", name, before + 1));
}

graph::Graph Builder::take(std::string name) {
  graph_.name = std::move(name);
  return std::move(graph_);
}

}  // namespace npulse::importers
