// SPDX-License-Identifier: Apache-2.0
// YAML files read as the simulator reads its own: marks, places of faults, duplicate keys.
#include <nlohmann/json.hpp>

#include "python/bindings/bindings.h"
#include "sim/core/config_file.h"

namespace py = pybind11;
using namespace py::literals;

namespace npulse::bindings {
namespace {

using Json = nlohmann::ordered_json;

/// Numbers and truth values as such, other scalars as text.
Json scalar(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : Json(text);
}

Json to_json(const ConfigNode& node) {
  Json json;
  switch (node.kind) {
    case ConfigNode::Kind::null:
      break;
    case ConfigNode::Kind::scalar:
      return scalar(node.text);
    case ConfigNode::Kind::list:
      json = Json::array();
      for (const ConfigNode& child : node.children) json.push_back(to_json(child));
      break;
    case ConfigNode::Kind::map:
      json = Json::object();
      for (const ConfigNode& child : node.children) json[child.key] = to_json(child);
      break;
  }
  return json;
}

std::string read_yaml(const std::string& path) {
  const ConfigFile file = ConfigFile::load(path);
  file.faults().throw_if_any();
  return to_json(file.root()).dump();
}

}  // namespace

void bind_config(py::module_& module) {
  module.def("read_yaml", &read_yaml, "path"_a);
}

}  // namespace npulse::bindings
