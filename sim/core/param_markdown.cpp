// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/core/param_writers.h"

namespace npulse {
namespace {

using Kind = ParamNode::Kind;

std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string default_text(const ParamNode& node) {
  if (node.limits.required) return "required";
  if (!node.present) return "not set";
  if (node.is_scalar()) return node.text;
  if (node.children.empty()) return "none";
  std::string items;
  for (const auto& child : node.children) {
    if (!child.is_scalar()) return "see the struct";
    const std::string name = node.kind == Kind::map ? child.key + ": " : "";
    items += (items.empty() ? "" : ", ") + name + child.text;
  }
  return items;
}

void rows(const ParamNode& node, const std::string& path, std::string& out);

void row(const ParamNode& node, const std::string& path, std::string& out) {
  out += fmt::format("| `{}` | {} | {} | {} | {} |\n", cell(path), cell(node.unit),
                     cell(default_text(node)), cell(allowed_text(node)), cell(node.doc));
}

void element_rows(const ParamNode& node, const std::string& path, std::string& out) {
  row(node, path, out);
  const ParamNode& element = node.element.front();
  if (element.is_scalar()) return;
  rows(element, path + (node.kind == Kind::list ? "[]" : ".<name>"), out);
}

void rows(const ParamNode& node, const std::string& path, std::string& out) {
  for (const auto& child : node.children) {
    const std::string child_path = child.path_in(path);
    if (child.is_scalar()) {
      row(child, child_path, out);
    } else if (child.kind == Kind::group) {
      rows(child, child_path, out);
    } else {
      element_rows(child, child_path, out);
    }
  }
}

}  // namespace

std::string to_markdown(const ParamNode& root, const std::string& title) {
  std::string out = "## " + title + "\n\n";
  out += "| parameter | unit | default | allowed | meaning |\n|---|---|---|---|---|\n";
  rows(root, "", out);
  return out;
}

}  // namespace npulse
