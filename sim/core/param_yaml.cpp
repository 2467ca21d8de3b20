// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "sim/core/config_file.h"
#include "sim/core/param_writers.h"

namespace npulse {
namespace {

bool is_plain(const std::string& text) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.+- ";
  constexpr std::string_view kNulls[] = {"null", "Null", "NULL"};
  const bool safe = !text.empty() && text.find_first_not_of(kSafe) == std::string::npos;
  if (!safe || std::string_view{" -."}.find(text.front()) != std::string_view::npos) return false;
  return text.back() != ' ' &&
         std::find(std::begin(kNulls), std::end(kNulls), text) == std::end(kNulls);
}

std::string quoted(const std::string& text) {
  using nlohmann::json;
  return is_plain(text) ? text : json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

/// A number may begin with '-' and stays as it is; only words can need quotes.
std::string value_text(const ParamNode& node) {
  const bool word = node.kind == ParamNode::Kind::string || node.kind == ParamNode::Kind::name;
  return word ? quoted(node.text) : node.text;
}

std::string doc_comment(const ParamNode& node) {
  const bool text_has_unit = node.text.find(' ') != std::string::npos;
  const bool show_unit = !text_has_unit && !node.unit.empty();
  const std::string allowed = allowed_text(node);
  std::string bracket = show_unit ? node.unit : "";
  if (!allowed.empty()) bracket += (bracket.empty() ? "" : ", ") + allowed;
  return node.doc + (bracket.empty() ? "" : " [" + bracket + "]");
}

std::string source_comment(const Provenance& from) {
  const bool marked = from.mark != Mark::none;
  const std::string mark = marked ? to_string(from.mark) : "";
  const std::string text = mark + (marked && !from.source.empty() ? ": " : "") + from.source;
  return text.empty() ? "" : "  # " + text;
}

class YamlWriter {
 public:
  explicit YamlWriter(std::span<const Provenance> provenance) {
    for (const auto& entry : provenance) by_path_[entry.path] = &entry;
  }

  void group(const ParamNode& node, const std::string& path, const std::string& indent, bool docs) {
    for (const auto& child : node.children) field(child, child.path_in(path), indent, docs);
  }

  std::string take() { return std::move(text_); }

 private:
  using Kind = ParamNode::Kind;

  std::string comment_of(const std::string& path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? "" : source_comment(*found->second);
  }

  void field(const ParamNode& node, const std::string& path, const std::string& indent, bool docs) {
    if (docs && !node.doc.empty()) text_ += indent + "# " + doc_comment(node) + "\n";
    const std::string key = indent + quoted(node.key) + ":";
    if (!node.present) {
      text_ += indent + "# " + quoted(node.key) + ": not set\n";
    } else if (node.is_scalar()) {
      text_ += key + " " + value_text(node) + comment_of(path) + "\n";
    } else if (node.children.empty()) {
      text_ += key + (node.kind == Kind::list ? " []\n" : " {}\n");
    } else if (node.kind == Kind::list) {
      list(node, path, indent, key);
    } else {
      text_ += key + "\n";
      group(node, path, indent + "  ", docs);
    }
  }

  void list(const ParamNode& node, const std::string& path, const std::string& indent,
            const std::string& key) {
    const std::string first_comment = comment_of(node.children.front().path_in(path));
    const bool one_line = std::all_of(node.children.begin(), node.children.end(), [&](auto& child) {
      return child.is_scalar() && comment_of(child.path_in(path)) == first_comment;
    });
    text_ += key;
    if (one_line) {
      std::string items;
      for (const auto& child : node.children)
        items += (items.empty() ? "" : ", ") + value_text(child);
      text_ += " [" + items + "]" + first_comment + "\n";
      return;
    }
    text_ += "\n";
    for (const auto& child : node.children) {
      element(child, child.path_in(path), indent + "  ", &child == &node.children.front());
    }
  }

  /// One element of a list; the first shows the documentation of its fields for all.
  void element(const ParamNode& node, const std::string& path, const std::string& indent,
               bool docs) {
    if (node.is_scalar()) {
      text_ += indent + "- " + value_text(node) + comment_of(path) + "\n";
      return;
    }
    text_ += indent + "-\n";
    group(node, path, indent + "  ", docs);
  }

  std::map<std::string, const Provenance*> by_path_;
  std::string text_;
};

}  // namespace

std::string allowed_text(const ParamNode& node) {
  switch (node.kind) {
    case ParamNode::Kind::boolean:
      return "true or false";
    case ParamNode::Kind::name:
      return "one of " + join(node.names);
    case ParamNode::Kind::list:
    case ParamNode::Kind::map:
      return node.element.front().allowed.empty() ? "" : "each " + node.element.front().allowed;
    default:
      return node.allowed;
  }
}

std::string to_yaml(const ParamNode& root, std::span<const Provenance> provenance) {
  YamlWriter writer{provenance};
  writer.group(root, "", "", true);
  return writer.take();
}

}  // namespace npulse
