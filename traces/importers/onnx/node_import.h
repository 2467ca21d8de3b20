// SPDX-License-Identifier: Apache-2.0
// One node while it is imported: its attributes and inputs, and what an operator's importer makes
// of them. Whatever is wrong with it is an InputError that names it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/core/error.h"
#include "traces/importers/onnx/builder.h"
#include "traces/importers/onnx/proto.h"

namespace npulse::importers {

/// What all nodes of a file share.
struct Scope {
  std::string path;
  std::map<std::string, std::int64_t> opsets;        ///< By domain; that of ONNX itself is "".
  std::map<std::string, Value> declared;             ///< Complete shapes that the file gives.
  std::map<std::string, std::size_t> unknown;        ///< Nodes, by operator.
  std::map<std::string, std::string> first_unknown;  ///< Name of the first such node.
  Builder builder;
};

/// A shape depends on data that only a run would show.
class DataDependent : public InputError {
 public:
  using InputError::InputError;
};

class NodeImport {
 public:
  NodeImport(Scope& scope, const ::onnx::NodeProto& node, std::string name)
      : scope_{scope}, node_{node}, name_{std::move(name)} {}

  const std::string& op() const { return node_.op_type(); }
  const std::string& name() const { return name_; }
  /// Some names mean one operator of ONNX and another of ONNX Runtime.
  bool is_onnx() const { return node_.domain().empty() || node_.domain() == "ai.onnx"; }
  [[noreturn]] void fault(const std::string& message, const std::string& hint = {}) const;
  /// Of the domain of ONNX itself.
  std::int64_t opset() const;

  bool has_attribute(const std::string& name) const { return attribute(name) != nullptr; }
  std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  std::int64_t integer(const std::string& name) const;  ///< One that must be there.
  double real(const std::string& name, double otherwise) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  Shape integers(const std::string& name) const;  ///< Empty when absent.
  const ::onnx::AttributeProto* attribute(const std::string& name) const;

  std::size_t inputs() const { return static_cast<std::size_t>(node_.input_size()); }
  std::size_t outputs() const { return static_cast<std::size_t>(node_.output_size()); }
  bool has(std::size_t i) const;
  Value& input(std::size_t i) const;
  /// Inputs that are there.
  std::vector<Value*> all_inputs(std::size_t first = 0) const;
  /// Of an input that shapes depend on. Throws DataDependent.
  const Numbers& numbers(std::size_t i) const;
  Shape integer_numbers(std::size_t i) const;
  /// Of an attribute in old operator sets and an input in newer ones; empty when absent.
  Shape integers_or_input(const std::string& attribute, std::size_t input) const;
  /// Its place; negative ones count from the end.
  std::size_t axis(std::int64_t value, std::size_t rank) const;
  /// The attribute `axis`, where that is the first of the later ones: it may be `rank`, too.
  std::size_t split_axis(std::int64_t otherwise, std::size_t rank) const;
  std::int64_t dimension(const Value& value, std::size_t axis) const;
  /// Of a part of a shape; beyond what we count with is a fault.
  std::int64_t elements(const Shape& shape) const;
  void expect_rank(const Value& value, std::size_t rank) const;
  Shape broadcast_shape(const Shape& a, const Shape& b) const;

  /// A value of this node's making. Elements beyond what we count with are a fault.
  Value& make(Shape shape, graph::Type type);
  /// Adds an operation, unless all it reads is constant: then so is its result, and costs nothing.
  Value& emit(graph::Operation operation, const std::vector<Value*>& inputs, Shape shape,
              graph::Type type);
  void emit(graph::Operation operation, const std::vector<Value*>& inputs,
            const std::vector<Value*>& outputs);
  /// The same elements under another shape.
  Value& reshaped(Value& value, const Shape& shape);
  Value& transposed(Value& value, const std::vector<std::int64_t>& perm);

  bool wants(std::size_t i) const {
    return i < outputs() && !node_.output(static_cast<int>(i)).empty();
  }
  /// Makes the value the node's i-th output, if the node has one.
  void output(std::size_t i, Value& value);
  const Value* declared_output(std::size_t i) const;
  /// The file gives the shapes of all outputs.
  bool is_declared() const;
  Value* bound_output(std::size_t i) const;

  /// Costed as traffic and reported; shapes of outputs are those that the file declares.
  void unknown();
  /// The same when the shape of the first output is known.
  void unknown(Shape shape, graph::Type type);

 private:
  std::string where() const;
  void check_number(std::int64_t value, const std::string& name) const;
  void count_unknown();

  Scope& scope_;
  const ::onnx::NodeProto& node_;
  std::string name_;
  std::vector<Value*> made_;
};

}  // namespace npulse::importers
