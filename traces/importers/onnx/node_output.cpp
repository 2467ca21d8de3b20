// SPDX-License-Identifier: Apache-2.0
// What a node makes: values and operations of the graph.
#include <fmt/format.h>

#include <algorithm>

#include "traces/importers/onnx/node_import.h"

namespace npulse::importers {

Value& NodeImport::make(Shape shape, graph::Type type) {
  if (!elements_of(shape)) {
    fault(
        fmt::format("makes a tensor of shape {}; at most {} dimensions and {} elements are allowed",
                    shape.size() > kMostDimensions ? fmt::format("with {} dimensions", shape.size())
                                                   : graph::shape_text(shape),
                    kMostDimensions, graph::kMaxElements),
        "check the shapes of its inputs");
  }
  const std::string& first = outputs() > 0 ? node_.output(0) : name_;
  std::string value_name = fmt::format("{}#{}", first, made_.size() + 1);
  Value& value =
      scope_.builder.add({std::move(value_name), type, std::move(shape), false, {}, {}, {}});
  made_.push_back(&value);
  return value;
}

Value& NodeImport::emit(graph::Operation operation, const std::vector<Value*>& inputs, Shape shape,
                        graph::Type type) {
  Value& value = make(std::move(shape), type);
  emit(std::move(operation), inputs, {&value});
  return value;
}

void NodeImport::emit(graph::Operation operation, const std::vector<Value*>& inputs,
                      const std::vector<Value*>& outputs) {
  const bool constant = std::ranges::all_of(inputs, [](const Value* v) { return v->constant; });
  for (Value* value : outputs) value->constant = constant;
  if (!constant) scope_.builder.add_node(name_, std::move(operation), inputs, outputs);
}

Value& NodeImport::reshaped(Value& value, const Shape& shape) {
  if (value.shape == shape) return value;
  if (elements_of(shape) != elements_of(value.shape)) {
    fault(fmt::format("{} cannot become {}", graph::shape_text(value.shape),
                      graph::shape_text(shape)));
  }
  return emit(graph::Layout{"reshape", {}}, {&value}, shape, value.type);
}

Value& NodeImport::transposed(Value& value, const std::vector<std::int64_t>& perm) {
  Shape shape;
  for (const std::int64_t axis : perm) shape.push_back(value.shape[static_cast<std::size_t>(axis)]);
  return emit(graph::Layout{"transpose", perm}, {&value}, std::move(shape), value.type);
}

void NodeImport::output(std::size_t i, Value& value) {
  if (!wants(i)) return;
  const std::string& output_name = node_.output(static_cast<int>(i));
  scope_.builder.bind(output_name, value);
  if (std::ranges::find(made_, &value) != made_.end()) scope_.builder.rename(value, output_name);
}

const Value* NodeImport::declared_output(std::size_t i) const {
  const auto found = scope_.declared.find(node_.output(static_cast<int>(i)));
  return found == scope_.declared.end() ? nullptr : &found->second;
}

bool NodeImport::is_declared() const {
  for (std::size_t i = 0; i < outputs(); ++i) {
    if (wants(i) && !declared_output(i)) return false;
  }
  return true;
}

Value* NodeImport::bound_output(std::size_t i) const {
  return wants(i) ? scope_.builder.find(node_.output(static_cast<int>(i))) : nullptr;
}

void NodeImport::count_unknown() {
  const std::string kind = node_.domain().empty() ? op() : node_.domain() + "." + op();
  if (scope_.unknown[kind]++ == 0) scope_.first_unknown[kind] = name_;
}

void NodeImport::unknown() {
  std::vector<Value*> results;
  for (std::size_t i = 0; i < outputs(); ++i) {
    if (!wants(i)) continue;
    const Value* declared = declared_output(i);
    if (!declared) {
      fault(fmt::format("is an operator that we do not know, and the file gives no shape for its "
                        "output '{}'",
                        node_.output(static_cast<int>(i))),
            "run onnx.shape_inference.infer_shapes on the file, or add the shape to value_info");
    }
    results.push_back(&make(declared->shape, declared->type));
    output(i, *results.back());
  }
  count_unknown();
  scope_.builder.add_node(name_, graph::Opaque{op()}, all_inputs(), results);
}

void NodeImport::unknown(Shape shape, graph::Type type) {
  Value& value = make(std::move(shape), type);
  count_unknown();
  scope_.builder.add_node(name_, graph::Opaque{op()}, all_inputs(), value);
  output(0, value);
}

}  // namespace npulse::importers
