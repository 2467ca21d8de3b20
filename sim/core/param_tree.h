// SPDX-License-Identifier: Apache-2.0
// A parameter struct as a tree of plain nodes: what the dump, schema and documentation are written
// from, so that only this file and the reader are templates over T::describe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/core/provenance.h"
#include "sim/core/scalar_types.h"

namespace npulse {

struct ParamNode {
  enum class Kind : std::uint8_t {
    boolean,
    integer,
    number,
    string,
    name,
    quantity,
    group,
    list,
    map
  };
  using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

  Kind kind = Kind::group;
  std::string key;   ///< Name of a field, index or key of an element.
  std::string unit;  ///< Base unit of a quantity, else as described; may be empty.
  std::string doc;
  std::string allowed;  ///< `at least 1`; empty when anything goes.
  Limits limits;
  bool optional = false;
  bool present = true;              ///< False for an optional without value.
  Value value;                      ///< Of a scalar, in base units.
  std::string text;                 ///< Of a scalar, as YAML writes it.
  std::vector<std::string> names;   ///< Of an enum its names, of a quantity its unit suffixes.
  std::vector<ParamNode> children;  ///< Fields of a group, elements of a list or map.
  std::vector<ParamNode> element;   ///< Of a list or map: the one node that describes its elements.

  bool is_scalar() const { return kind < Kind::group; }
  std::string path_in(const std::string& parent) const;
};

/// Every leaf of the tree in order with its provenance from `given`, or mark `default`.
std::vector<Provenance> complete_provenance(const ParamNode& root, std::vector<Provenance> given);

namespace detail {

/// A node that has all but its value.
ParamNode described(const std::string& key, const std::string& unit, const std::string& doc,
                    Limits limits);

template <class M>
void reflect_value(const M& value, ParamNode& node);

template <ScalarType M>
void reflect_scalar(const M& value, ParamNode& node) {
  using Kind = ParamNode::Kind;
  node.text = scalar_text(value);
  if constexpr (std::same_as<M, std::string>) {
    node.kind = Kind::string;
    node.value = value;
  } else if constexpr (std::same_as<M, bool>) {
    node.kind = Kind::boolean;
    node.value = value;
  } else if constexpr (NamedEnum<M>) {
    node.kind = Kind::name;
    node.value = node.text;
    node.names = all_names<M>();
  } else if constexpr (QuantityType<M>) {
    node.kind = Kind::quantity;
    node.value = value.count();
    node.unit = base_unit(unit_suffixes(value));
    for (const auto& suffix : unit_suffixes(value)) node.names.emplace_back(suffix.name);
  } else if constexpr (std::integral<M>) {
    node.kind = Kind::integer;
    node.value = static_cast<std::int64_t>(value);
  } else {
    node.kind = Kind::number;
    node.value = static_cast<double>(value);
  }
  if constexpr (!std::same_as<M, std::string> && !NamedEnum<M>) {
    node.allowed = limits_text<M>(node.limits);
  }
}

/// Called once a field by T::describe.
template <class T>
class FieldReflector {
 public:
  FieldReflector(const T& source, ParamNode& group) : source_{source}, group_{group} {}

  template <class M>
  void operator()(const char* name, M T::*member, const char* unit, const char* doc,
                  Limits limits = {}) {
    ParamNode node = described(name, unit, doc, limits);
    reflect_value(source_.*member, node);
    group_.children.push_back(std::move(node));
  }

 private:
  const T& source_;
  ParamNode& group_;
};

/// An element of `parent`, which shares its unit and limits.
template <class M>
ParamNode reflect_element(const ParamNode& parent, const std::string& key, const M& value) {
  ParamNode node = described(key, parent.unit, "", between(parent.limits.min, parent.limits.max));
  reflect_value(value, node);
  return node;
}

template <class X>
void reflect_list(const std::vector<X>& list, ParamNode& node) {
  node.kind = ParamNode::Kind::list;
  node.element.push_back(reflect_element(node, "", X{}));
  for (const auto& value : list) {
    const std::string index = std::to_string(node.children.size());
    node.children.push_back(reflect_element<X>(node, index, value));
  }
}

template <class K, class X>
void reflect_map(const std::map<K, X>& map, ParamNode& node) {
  node.kind = ParamNode::Kind::map;
  node.element.push_back(reflect_element(node, "", X{}));
  if constexpr (NamedEnum<K>) node.names = all_names<K>();
  for (const auto& [key, value] : map) {
    node.children.push_back(reflect_element(node, scalar_text(key), value));
  }
}

template <class M>
void reflect_value(const M& value, ParamNode& node) {
  if constexpr (ScalarType<M>) {
    reflect_scalar(value, node);
  } else if constexpr (Described<M>) {
    FieldReflector<M> reflector{value, node};
    M::describe(reflector);
  } else if constexpr (requires { value.capacity(); }) {
    reflect_list(value, node);
  } else if constexpr (requires { value.has_value(); }) {
    node.optional = true;
    node.present = value.has_value();
    reflect_value(value.value_or(typename M::value_type{}), node);
  } else {
    reflect_map(value, node);
  }
}

}  // namespace detail

template <Described T>
ParamNode reflect(const T& params) {
  ParamNode root;
  detail::reflect_value(params, root);
  return root;
}

}  // namespace npulse
