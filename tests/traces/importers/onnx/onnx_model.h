// SPDX-License-Identifier: Apache-2.0
// Writes ONNX models for tests, node by node. Weights have shapes only: they claim to lie in a file
// that does not exist.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "traces/importers/onnx.h"
#include "traces/importers/onnx/proto.h"

namespace npulse::tests {

using Dims = std::vector<std::int64_t>;
using Dim = std::variant<std::int64_t, std::string>;  ///< A number or a symbol.
using Names = std::vector<std::string>;
using Attribute = std::variant<std::int64_t, int, double, const char*, Dims>;
using Attributes = std::map<std::string, Attribute>;

constexpr int kFloat = 1, kUint8 = 2, kInt8 = 3, kInt64 = 7, kBool = 9;  ///< TensorProto.DataType.

class OnnxModel {
 public:
  explicit OnnxModel(int opset = 17);

  /// Each returns the name that nodes read it by.
  std::string input(const std::string& name, const std::vector<Dim>& dims, int type = kFloat);
  std::string weight(const Dims& dims, int type = kFloat);
  std::string ints(const Dims& values);
  std::string scalar(std::int64_t value);
  std::string floats(const std::vector<float>& values);

  /// The first output's name; further ones have `.1`, `.2`, ... after it.
  std::string node(const std::string& op, const Names& inputs, const Attributes& attributes = {},
                   int outputs = 1, const std::string& domain = "");
  void output(const std::string& name);
  void output(const std::string& name, const Dims& dims);

  ::onnx::ModelProto& proto() { return model_; }
  std::string bytes() const { return model_.SerializeAsString(); }
  importers::Imported import(const std::map<std::string, std::int64_t>& dims = {}) const;
  graph::Graph graph(const std::map<std::string, std::int64_t>& dims = {}) const;

 private:
  ::onnx::TensorProto& initializer(const Dims& dims, int type);
  std::string fresh(const std::string& stem);

  ::onnx::ModelProto model_;
  int made_ = 0;
};

/// The tensor of that name; a failed check when there is none.
const graph::Tensor& tensor_named(const graph::Graph& graph, const std::string& name);

/// Operations of one kind, in order.
template <class Op>
std::vector<Op> operations(const graph::Graph& graph) {
  std::vector<Op> found;
  for (const auto& node : graph.nodes) {
    if (const auto* operation = std::get_if<Op>(&node.operation)) found.push_back(*operation);
  }
  return found;
}

/// Checks every tensor of the graph against what ONNX's own shape inference says of its name;
/// returns how many there were to compare.
int compare_with_onnx(const OnnxModel& model, const graph::Graph& graph);

}  // namespace npulse::tests
