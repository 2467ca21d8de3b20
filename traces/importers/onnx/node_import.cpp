// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/node_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace npulse::importers {

std::string NodeImport::where() const {
  return fmt::format("{}: node '{}' ({})", scope_.path, name_, op());
}

void NodeImport::fault(const std::string& message, const std::string& hint) const {
  throw InputError{where(), message, hint};
}

std::int64_t NodeImport::opset() const {
  const auto found = scope_.opsets.find("");
  if (found == scope_.opsets.end()) {
    fault("the file names no version of ONNX's operators", "give opset_import for the domain ''");
  }
  return found->second;
}

const ::onnx::AttributeProto* NodeImport::attribute(const std::string& name) const {
  for (const auto& attribute : node_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

void NodeImport::check_number(std::int64_t value, const std::string& name) const {
  constexpr std::int64_t kMost = graph::kMaxDimension;
  if (value >= -kMost && value <= kMost) return;
  fault(fmt::format("{} = {}; allowed are -{} to {}", name, value, kMost, kMost));
}

std::int64_t NodeImport::integer(const std::string& name, std::int64_t otherwise) const {
  const auto* found = attribute(name);
  if (!found) return otherwise;
  check_number(found->i(), name);
  return found->i();
}

std::int64_t NodeImport::integer(const std::string& name) const {
  if (!has_attribute(name)) fault(fmt::format("lacks the attribute '{}'", name));
  return integer(name, 0);
}

double NodeImport::real(const std::string& name, double otherwise) const {
  const auto* found = attribute(name);
  return found ? static_cast<double>(found->f()) : otherwise;
}

std::string NodeImport::text(const std::string& name, const std::string& otherwise) const {
  const auto* found = attribute(name);
  return found ? found->s() : otherwise;
}

Shape NodeImport::integers(const std::string& name) const {
  const auto* found = attribute(name);
  if (!found) return {};
  return {found->ints().begin(), found->ints().end()};
}

bool NodeImport::has(std::size_t i) const {
  return i < inputs() && !node_.input(static_cast<int>(i)).empty();
}

Value& NodeImport::input(std::size_t i) const {
  if (!has(i)) fault(fmt::format("lacks input {}", i));
  const std::string& name = node_.input(static_cast<int>(i));
  Value* found = scope_.builder.find(name);
  if (!found) {
    fault(fmt::format("reads '{}', which nothing makes, or whose shape is not known", name),
          "run onnx.shape_inference.infer_shapes on the file first");
  }
  return *found;
}

std::vector<Value*> NodeImport::all_inputs(std::size_t first) const {
  std::vector<Value*> present;
  for (std::size_t i = first; i < inputs(); ++i) {
    if (has(i)) present.push_back(&input(i));
  }
  return present;
}

const Numbers& NodeImport::numbers(std::size_t i) const {
  const Value& value = input(i);
  if (!value.numbers) {
    throw DataDependent{
        where(),
        fmt::format("its shape depends on the values of '{}', which are not known", value.name),
        "export the model with fixed shapes, or simplify it (for example with onnxsim) first"};
  }
  return *value.numbers;
}

Shape NodeImport::integer_numbers(std::size_t i) const {
  constexpr double kMost = 9.2e18;  // below the largest int64
  Shape integers;
  for (const double number : numbers(i)) {
    integers.push_back(
        std::isnan(number) ? 0 : static_cast<std::int64_t>(std::clamp(number, -kMost, kMost)));
  }
  return integers;
}

Shape NodeImport::integers_or_input(const std::string& attribute, std::size_t input) const {
  if (has_attribute(attribute)) return integers(attribute);
  return has(input) ? integer_numbers(input) : Shape{};
}

std::size_t NodeImport::axis(std::int64_t value, std::size_t rank) const {
  const auto place = graph::axis_index(value, rank);
  if (!place) fault(fmt::format("axis {} is outside a tensor of {} dimensions", value, rank));
  return *place;
}

std::size_t NodeImport::split_axis(std::int64_t otherwise, std::size_t rank) const {
  const std::int64_t value = integer("axis", otherwise);
  return value == static_cast<std::int64_t>(rank) ? rank : axis(value, rank);
}

std::int64_t NodeImport::dimension(const Value& value, std::size_t axis) const {
  if (axis >= value.shape.size()) {
    fault(fmt::format("'{}' of shape {} lacks dimension {}", value.name,
                      graph::shape_text(value.shape), axis));
  }
  return value.shape[axis];
}

std::int64_t NodeImport::elements(const Shape& shape) const {
  const auto elements = elements_of(shape);
  if (!elements) fault("too many elements: " + graph::shape_text(shape));
  return *elements;
}

void NodeImport::expect_rank(const Value& value, std::size_t rank) const {
  if (value.shape.size() != rank) {
    fault(fmt::format("'{}' has shape {}; needs {} dimensions", value.name,
                      graph::shape_text(value.shape), rank));
  }
}

Shape NodeImport::broadcast_shape(const Shape& a, const Shape& b) const {
  const auto shape = graph::broadcast(a, b);
  if (!shape)
    fault(fmt::format("{} and {} do not broadcast", graph::shape_text(a), graph::shape_text(b)));
  return *shape;
}

}  // namespace npulse::importers
