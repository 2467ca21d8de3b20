// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config_reader.h"

#include <algorithm>

namespace npulse::detail {
namespace {

const char* kind_name(ConfigNode::Kind kind) {
  switch (kind) {
    case ConfigNode::Kind::null:
      return "empty";
    case ConfigNode::Kind::scalar:
      return "one value";
    case ConfigNode::Kind::list:
      return "a list";
    case ConfigNode::Kind::map:
      return "a group of keys";
  }
  return "?";
}

/// `file:line:col: path = text`; an override already says its path and text.
std::string where(const ConfigNode& node, const std::string& path) {
  if (node.origin == "--set " + path + "=" + node.text) return node.origin;
  const bool scalar = node.kind == ConfigNode::Kind::scalar;
  return node.origin + (path.empty() ? "" : ": " + path) + (scalar ? " = " + node.text : "");
}

}  // namespace

void ReadLog::wrong(const ConfigNode& node, const std::string& path, std::string message,
                    std::string hint) {
  faults_.add(where(node, path), std::move(message), std::move(hint));
}

void ReadLog::wrong_kind(const ConfigNode& node, const std::string& path, const char* wanted) {
  wrong(node, path, std::string{"must be "} + wanted + ", but is " + kind_name(node.kind));
}

void ReadLog::missing(const ConfigNode& map, const std::string& path, const char* key) {
  faults_.add(map.origin + ": " + join_path(path, key), "is missing", "give it a value");
}

void ReadLog::unknown_keys(const ConfigNode& map, const std::string& path,
                           const std::vector<std::string>& known) {
  if (map.kind != ConfigNode::Kind::map) return;
  for (const auto& child : map.children) {
    if (std::find(known.begin(), known.end(), child.key) != known.end()) continue;
    const std::string guess = did_you_mean(child.key, known);
    faults_.add(child.key_origin + ": " + join_path(path, child.key), "unknown parameter",
                guess.empty() ? "allowed: " + join(known) : guess);
  }
}

void ReadLog::checked(const Faults& faults) {
  for (const auto& fault : faults.list()) {
    const std::string& origin = file_.origin_of(fault.where);
    faults_.add(origin + (fault.where.empty() ? "" : ": " + fault.where), fault.message,
                fault.hint);
  }
}

void ReadLog::given(const ConfigNode& node, const std::string& path) {
  provenance_.push_back({path, node.text, node.mark, node.source});
}

}  // namespace npulse::detail
