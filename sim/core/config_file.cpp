// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <utility>

#include "sim/core/config_parse.h"

namespace npulse {
namespace {

constexpr std::size_t kMaxFileBytes = 1u << 20;

const ConfigNode* element(const ConfigNode& list, std::string_view name) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool number = error == std::errc{} && end == name.data() + name.size();
  return number && index < list.children.size() ? &list.children[index] : nullptr;
}

/// The node at `path`, made when it is a new key of a map; nothing, after a fault, when that cannot
/// be.
ConfigNode* make_path(ConfigNode& root, std::string_view path, const std::string& origin,
                      Faults& faults) {
  ConfigNode* node = &root;
  while (!path.empty()) {
    const auto [name, rest] = split_path(path);
    if (node->kind == ConfigNode::Kind::null) node->kind = ConfigNode::Kind::map;
    ConfigNode* next = node->step(name);
    if (!next && node->kind == ConfigNode::Kind::map) {
      ConfigNode child;
      child.key = name;
      child.key_origin = child.origin = origin;
      next = &node->children.emplace_back(std::move(child));
    }
    if (!next) {
      const bool list = node->kind == ConfigNode::Kind::list;
      faults.add(origin,
                 "there is no '" + std::string{name} + "' in the " +
                     (list ? "list of " + std::to_string(node->children.size()) + " elements"
                           : std::string{"value '"} + node->text + "'"));
      return nullptr;
    }
    node = next;
    path = rest;
  }
  return node;
}

}  // namespace

std::pair<std::string_view, std::string_view> split_path(std::string_view path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {path, {}};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

std::string join_path(const std::string& parent, std::string_view name) {
  return parent.empty() ? std::string{name} : parent + "." + std::string{name};
}

const ConfigNode* ConfigNode::find(std::string_view name) const {
  if (kind != Kind::map) return nullptr;
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const ConfigNode& child) { return child.key == name; });
  return found == children.end() ? nullptr : &*found;
}

const ConfigNode* ConfigNode::step(std::string_view name) const {
  return kind == Kind::list ? element(*this, name) : find(name);
}

ConfigNode* ConfigNode::find(std::string_view name) {
  return const_cast<ConfigNode*>(std::as_const(*this).find(name));
}

ConfigNode* ConfigNode::step(std::string_view name) {
  return const_cast<ConfigNode*>(std::as_const(*this).step(name));
}

ConfigFile ConfigFile::load(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream || std::filesystem::is_directory(path)) {
    throw InputError{path.string(), "cannot be read", "give the name of an existing YAML file"};
  }
  std::string text(kMaxFileBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > kMaxFileBytes) {
    throw InputError{path.string(), "is larger than 1 MiB, so it is no configuration"};
  }
  return parse(text, path.string());
}

ConfigFile ConfigFile::parse(std::string_view text, std::string name) {
  ConfigFile file;
  file.name_ = std::move(name);
  auto root = parse_yaml(text, {file.name_}, file.faults_);
  file.readable_ = root.has_value();
  if (root) file.root_ = std::move(*root);
  if (file.root_.origin.empty()) file.root_.origin = file.name_ + ":1:1";
  return file;
}

void ConfigFile::put(std::string_view path, const ConfigNode& value) {
  ConfigNode* node = make_path(root_, path, value.origin, faults_);
  if (!node) return;
  std::string key = std::move(node->key);
  *node = value;
  node->key = std::move(key);
}

void ConfigFile::set(std::string_view path, std::string_view value) {
  const std::string origin = "--set " + std::string{path} + "=" + std::string{value};
  if (path.empty()) return faults_.add(origin, "names no parameter", "write --set path=value");
  auto parsed = parse_yaml(value, {origin, true}, faults_);
  ConfigNode* node = parsed ? make_path(root_, path, origin, faults_) : nullptr;
  if (!node) return;
  parsed->key = node->key;
  parsed->key_origin = parsed->origin = origin;
  *node = std::move(*parsed);
}

void ConfigFile::set(std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return faults_.add("--set " + std::string{assignment}, "has no '='", "write --set path=value");
  }
  set(assignment.substr(0, equals), assignment.substr(equals + 1));
}

const std::string& ConfigFile::origin_of(std::string_view path) const {
  const ConfigNode* node = &root_;
  while (!path.empty()) {
    const auto [name, rest] = split_path(path);
    const ConfigNode* next = node->step(name);
    if (!next) break;
    node = next;
    path = rest;
  }
  return node->origin;
}

}  // namespace npulse
