// SPDX-License-Identifier: Apache-2.0
#include "sim/core/param_tree.h"

#include "sim/core/config_file.h"

namespace npulse {
namespace {

using ByPath = std::map<std::string, Provenance>;

void add_leaves(const ParamNode& node, const std::string& path, ByPath& given,
                std::vector<Provenance>& all) {
  if (!node.present) return;
  if (!node.is_scalar()) {
    for (const auto& child : node.children) add_leaves(child, child.path_in(path), given, all);
  } else if (const auto found = given.find(path); found != given.end()) {
    all.push_back(std::move(found->second));
  } else {
    all.push_back({path, node.text, Mark::by_default, {}});
  }
}

}  // namespace

std::string ParamNode::path_in(const std::string& parent) const {
  return join_path(parent, key);
}

ParamNode detail::described(const std::string& key, const std::string& unit, const std::string& doc,
                            Limits limits) {
  ParamNode node;
  node.key = key;
  node.unit = unit;
  node.doc = doc;
  node.limits = limits;
  return node;
}

std::vector<Provenance> complete_provenance(const ParamNode& root, std::vector<Provenance> given) {
  ByPath by_path;
  for (auto& entry : given) {
    std::string path = entry.path;
    by_path.emplace(std::move(path), std::move(entry));
  }
  std::vector<Provenance> all;
  add_leaves(root, "", by_path, all);
  return all;
}

}  // namespace npulse
