// SPDX-License-Identifier: Apache-2.0
// The graph in the making: values get a tensor when an operation first needs one.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "traces/importers/onnx/value.h"

namespace npulse::importers {

class Builder {
 public:
  /// References stay valid.
  Value& add(Value value);
  void bind(const std::string& name, Value& value) { names_[name] = &value; }
  Value* find(const std::string& name) const;

  /// Its tensor; a dequantised value that something other than a matrix unit reads is computed
  /// here.
  graph::TensorId tensor_of(Value& value);
  void rename(Value& value, const std::string& name);
  void add_node(const std::string& source, graph::Operation operation,
                const std::vector<Value*>& inputs, Value& output);
  void add_node(const std::string& source, graph::Operation operation,
                const std::vector<Value*>& inputs, const std::vector<Value*>& outputs);

  void add_input(Value& value) { graph_.inputs.push_back(tensor_of(value)); }
  void add_output(Value& value) { graph_.outputs.push_back(tensor_of(value)); }
  graph::Graph take(std::string name);

 private:
  std::string unique_node_name(const std::string& name);

  graph::Graph graph_;
  std::deque<Value> values_;
  std::map<std::string, Value*> names_;
  std::map<std::string, int> node_names_;  ///< How often each was asked for.
};

}  // namespace npulse::importers
