// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/symbols.h"

#include <fmt/format.h>

namespace npulse::importers {

namespace {

bool is_open(const ::onnx::TensorShapeProto::Dimension& dim) {
  return !dim.has_dim_value() || dim.dim_value() < 0;
}

}  // namespace

std::optional<std::int64_t> Symbols::value_of(const std::string& symbol) const {
  const auto found = given_.find(symbol);
  return found == given_.end() ? std::nullopt : std::optional{found->second};
}

std::int64_t Symbols::dimension(const ::onnx::TensorShapeProto::Dimension& dim,
                                const std::string& place) {
  if (!is_open(dim)) return dim.dim_value();
  const std::string& symbol = dim.dim_param().empty() ? place : dim.dim_param();
  const bool is_new = symbols_.insert(symbol).second;
  const auto value = value_of(symbol);
  if (!value && is_new) {
    faults_.add(path_, fmt::format("the dimension '{}' of {} has no value", symbol, place),
                fmt::format("give it one: --dim {}=1", symbol));
  }
  return value.value_or(1);
}

Value Symbols::input(const ::onnx::ValueInfoProto& info) {
  Value value{info.name(), graph::Type::fp32, {}, false, {}, {}, {}};
  const std::string where = fmt::format("{}: input '{}'", path_, info.name());
  const auto& tensor = info.type().tensor_type();
  const auto type = type_of(tensor.elem_type());
  if (!info.type().has_tensor_type() || !type || !tensor.has_shape()) {
    faults_.add(where, "is no tensor of numbers with a shape");
    return value;
  }
  value.type = *type;
  for (int i = 0; i < tensor.shape().dim_size(); ++i) {
    value.shape.push_back(dimension(tensor.shape().dim(i), fmt::format("{}.{}", info.name(), i)));
  }
  if (!elements_of(value.shape))
    faults_.add(where, "has no shape that we can count with: " + graph::shape_text(value.shape));
  return value;
}

std::optional<Value> Symbols::declared(const ::onnx::ValueInfoProto& info) const {
  const auto& tensor = info.type().tensor_type();
  const auto type = type_of(tensor.elem_type());
  if (!info.type().has_tensor_type() || !type || !tensor.has_shape()) return std::nullopt;
  Value value{info.name(), *type, {}, false, {}, {}, {}};
  for (const auto& dim : tensor.shape().dim()) {
    const auto given = is_open(dim) ? value_of(dim.dim_param()) : dim.dim_value();
    if (!given) return std::nullopt;
    value.shape.push_back(*given);
  }
  return value;
}

void Symbols::check() {
  const std::vector<std::string> names{symbols_.begin(), symbols_.end()};
  for (const auto& [name, value] : given_) {
    if (symbols_.contains(name)) continue;
    faults_.add("--dim " + name,
                names.empty()
                    ? path_ + " has no symbolic dimensions"
                    : fmt::format("{} has no such dimension; it has: {}", path_, join(names)),
                did_you_mean(name, names));
  }
  faults_.throw_if_any();
}

}  // namespace npulse::importers
