// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/model.h"

#include <fmt/format.h>

#include <filesystem>

#include "traces/graph/check.h"
#include "traces/graph/text.h"
#include "traces/importers/onnx/fold.h"
#include "traces/importers/onnx/ops.h"
#include "traces/importers/onnx/order.h"
#include "traces/importers/onnx/symbols.h"

namespace npulse::importers {

namespace {

class ModelImport {
 public:
  ModelImport(const ::onnx::ModelProto& model, const std::string& path,
              const ImportOptions& options)
      : model_{model}, graph_{model.graph()}, symbols_{path, options.dims} {
    scope_.path = path;
  }

  Imported run() {
    read_opsets();
    add_constants();
    add_inputs();
    read_declared();
    for (const std::size_t i : order_of(graph_, scope_.path)) import_node(i);
    for (const auto& output : graph_.output()) add_output(output.name());
    warn_of_unknown();
    graph::Graph graph = scope_.builder.take(graph_name());
    graph::check(graph, scope_.path);
    return {std::move(graph), std::move(warnings_)};
  }

 private:
  /// The file's, where the model has none that reports can show.
  std::string graph_name() const {
    const bool usable = !graph_.name().empty() && !graph::first_malformed(graph_.name());
    return usable ? graph_.name() : std::filesystem::path{scope_.path}.stem().string();
  }

  void read_opsets() {
    for (const auto& opset : model_.opset_import()) {
      const bool is_onnx = opset.domain().empty() || opset.domain() == "ai.onnx";
      scope_.opsets[is_onnx ? "" : opset.domain()] = opset.version();
    }
  }

  void add_constant(const ::onnx::TensorProto& tensor, const std::string& name,
                    const Shape& shape) {
    const std::string where = fmt::format("{}: initializer '{}'", scope_.path, name);
    const auto type = type_of(tensor.data_type());
    if (!type) {
      throw InputError{where,
                       fmt::format("has type {}, which is no type of numbers", tensor.data_type())};
    }
    if (!elements_of(shape)) {
      throw InputError{where, fmt::format("has {} dimensions or more than {} elements",
                                          shape.size(), graph::kMaxElements)};
    }
    Value& value = scope_.builder.add({name, *type, shape, true, numbers_of(tensor), {}, {}});
    scope_.builder.bind(name, value);
  }

  void add_constants() {
    for (const auto& tensor : graph_.initializer())
      add_constant(tensor, tensor.name(), shape_of(tensor));
    for (const auto& sparse : graph_.sparse_initializer()) {
      const Shape shape{sparse.dims().begin(), sparse.dims().end()};
      add_constant(sparse.values(), sparse.values().name(), shape);
    }
  }

  /// Old files list initializers among the inputs, too.
  void add_inputs() {
    std::vector<Value*> inputs;
    for (const auto& info : graph_.input()) {
      if (scope_.builder.find(info.name())) continue;
      inputs.push_back(&scope_.builder.add(symbols_.input(info)));
      scope_.builder.bind(info.name(), *inputs.back());
    }
    symbols_.check();
    for (Value* input : inputs) scope_.builder.add_input(*input);
  }

  void read_declared() {
    for (const auto* list : {&graph_.value_info(), &graph_.output()}) {
      for (const auto& info : *list) {
        if (auto value = symbols_.declared(info))
          scope_.declared.insert_or_assign(info.name(), *value);
      }
    }
  }

  void import_node(std::size_t i) {
    const auto& proto = graph_.node(static_cast<int>(i));
    NodeImport node{scope_, proto, name_of(proto, i)};
    if (graph::first_malformed(proto.op_type() + proto.domain()))
      node.fault("its operator is not UTF-8");
    import_operator(find_operator(proto), node);
    if (Value* output = node.bound_output(0); output && output->constant && !output->numbers) {
      output->numbers = fold(node, *output);
    }
    compare_with_declared(node);
  }

  static void import_operator(const Operator* known, NodeImport& node) {
    if (!known) return node.unknown();
    try {
      known->import(node);
    } catch (const DataDependent&) {
      if (!node.is_declared()) throw;
      node.unknown();
    }
  }

  void compare_with_declared(const NodeImport& node) {
    for (std::size_t i = 0; i < node.outputs(); ++i) {
      const Value* made = node.bound_output(i);
      const Value* declared = made ? node.declared_output(i) : nullptr;
      if (!declared || declared->shape == made->shape) continue;
      warnings_.push_back(
          {fmt::format("{}: node '{}' ({})", scope_.path, node.name(), node.op()),
           fmt::format("makes {}, though the file says {}", graph::shape_text(made->shape),
                       graph::shape_text(declared->shape)),
           "the shape that follows from its inputs is used"});
    }
  }

  void add_output(const std::string& name) {
    Value* value = scope_.builder.find(name);
    if (!value)
      throw InputError{scope_.path,
                       fmt::format("nothing makes the output '{}', or we do not compute it", name)};
    scope_.builder.add_output(*value);
  }

  void warn_of_unknown() {
    for (const auto& [kind, count] : scope_.unknown) {
      warnings_.push_back(
          {scope_.path,
           fmt::format("{} node{} of '{}', the first '{}': counted as unknown, costed as the "
                       "bytes read and written",
                       count, count == 1 ? "" : "s", kind, scope_.first_unknown.at(kind)),
           {}});
    }
  }

  const ::onnx::ModelProto& model_;
  const ::onnx::GraphProto& graph_;
  Symbols symbols_;
  Scope scope_;
  std::vector<Diagnostic> warnings_;
};

}  // namespace

Imported import_model(const ::onnx::ModelProto& model, const std::string& path,
                      const ImportOptions& options) {
  return ModelImport{model, path, options}.run();
}

}  // namespace npulse::importers
