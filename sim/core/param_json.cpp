// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "sim/core/param_writers.h"

namespace npulse {
namespace {

using nlohmann::ordered_json;
using Kind = ParamNode::Kind;

ordered_json scalar_json(const ParamNode::Value& value) {
  return std::visit(
      [](const auto& held) -> ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return nullptr;
        } else {
          return held;
        }
      },
      value);
}

ordered_json number_schema(const ParamNode& node) {
  const bool integer = std::holds_alternative<std::int64_t>(node.value);
  ordered_json schema{{"type", integer ? "integer" : "number"}};
  if (std::isfinite(node.limits.min)) schema["minimum"] = node.limits.min;
  if (std::isfinite(node.limits.max)) schema["maximum"] = node.limits.max;
  return schema;
}

ordered_json quantity_schema(const ParamNode& node) {
  std::string units;
  for (const auto& name : node.names) units += (units.empty() ? "" : "|") + name;
  const ordered_json text{{"type", "string"},
                          {"pattern", "^[-+]?[0-9.]+([eE][-+]?[0-9]+)? *(" + units + ")?$"}};
  return {{"anyOf", {number_schema(node), text}}};
}

ordered_json schema_of(const ParamNode& node);

ordered_json group_schema(const ParamNode& node) {
  ordered_json schema{{"type", "object"}, {"additionalProperties", false}};
  ordered_json needed = ordered_json::array();
  for (const auto& child : node.children) {
    schema["properties"][child.key] = schema_of(child);
    if (child.limits.required) needed.push_back(child.key);
  }
  if (!needed.empty()) schema["required"] = needed;
  return schema;
}

ordered_json map_schema(const ParamNode& node) {
  ordered_json schema{{"type", "object"},
                      {"additionalProperties", schema_of(node.element.front())}};
  if (!node.names.empty()) schema["propertyNames"] = {{"enum", node.names}};
  return schema;
}

ordered_json type_schema(const ParamNode& node) {
  switch (node.kind) {
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::integer:
    case Kind::number:
      return number_schema(node);
    case Kind::string:
      return {{"type", "string"}};
    case Kind::name:
      return {{"enum", node.names}};
    case Kind::quantity:
      return quantity_schema(node);
    case Kind::group:
      return group_schema(node);
    case Kind::list:
      return {{"type", "array"}, {"items", schema_of(node.element.front())}};
    case Kind::map:
      return map_schema(node);
  }
  return {};
}

ordered_json schema_of(const ParamNode& node) {
  ordered_json schema = type_schema(node);
  if (node.optional) schema = {{"anyOf", {schema, ordered_json{{"type", "null"}}}}};
  const std::string unit = node.unit.empty() ? "" : " [" + node.unit + "]";
  if (!node.doc.empty()) schema["description"] = node.doc + unit;
  if (node.is_scalar() && node.present && !node.doc.empty() && !node.limits.required) {
    schema["default"] = scalar_json(node.value);
  }
  return schema;
}

}  // namespace

ordered_json to_json(const ParamNode& node) {
  if (!node.present) return nullptr;
  if (node.is_scalar()) return scalar_json(node.value);
  ordered_json json = node.kind == Kind::list ? ordered_json::array() : ordered_json::object();
  for (const auto& child : node.children) {
    if (node.kind == Kind::list) {
      json.push_back(to_json(child));
    } else {
      json[child.key] = to_json(child);
    }
  }
  return json;
}

ordered_json json_schema(const ParamNode& root, const std::string& title) {
  ordered_json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", title}};
  schema.update(group_schema(root));
  return schema;
}

}  // namespace npulse
