// SPDX-License-Identifier: Apache-2.0
#include "sim/core/config_parse.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace npulse {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxExpandedBytes = 16u << 20;  // aliases included
constexpr std::size_t kNodeBytes = 64;                // what a node costs besides its text

struct Stop {};  // leaves the parser after a fault that makes the rest meaningless

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::size_t expanded_bytes(const ConfigNode& node) {
  std::size_t total = kNodeBytes + node.text.size() + node.key.size();
  for (const auto& child : node.children) total += expanded_bytes(child);
  return total;
}

std::string place(const TextOrigin& origin, const YAML::Mark& mark) {
  if (origin.override) return origin.name;
  return fmt::format("{}:{}:{}", origin.name, mark.line + 1, mark.column + 1);
}

/// Builds the tree from the parser's events, innermost open collection last.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const TextOrigin& origin, Faults& faults)
      : lines_{split_lines(text)}, origin_{origin}, faults_{faults} {}

  ConfigNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(make(ConfigNode::Kind::null, mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    ConfigNode node = make(ConfigNode::Kind::scalar, mark);
    node.text = value;
    read_comment(node, mark);
    finish(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(mark, "an alias inside its own anchor", "");
    ConfigNode copy = found->second;
    spend(expanded_bytes(copy), mark);
    copy.origin = place(origin_, mark);
    finish(std::move(copy), 0);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(ConfigNode::Kind::list, mark, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(ConfigNode::Kind::map, mark, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    ConfigNode node;
    YAML::anchor_t anchor = 0;
    std::optional<ConfigNode> key = std::nullopt;  ///< Read, its value still to come.
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string message, std::string hint) {
    faults_.add(place(origin_, mark), std::move(message), std::move(hint));
    throw Stop{};
  }

  void spend(std::size_t bytes, const YAML::Mark& mark) {
    bytes_ += bytes;
    if (bytes_ > kMaxExpandedBytes) {
      stop(mark, "the file expands to more than 16 MiB", "use fewer aliases");
    }
  }

  ConfigNode make(ConfigNode::Kind kind, const YAML::Mark& mark) {
    spend(kNodeBytes, mark);
    ConfigNode node;
    node.kind = kind;
    node.origin = place(origin_, mark);
    if (origin_.override) node.mark = Mark::set;
    return node;
  }

  void read_comment(ConfigNode& node, const YAML::Mark& mark) {
    const auto line = static_cast<std::size_t>(mark.line);
    if (origin_.override || mark.line < 0 || line >= lines_.size()) return;
    const auto column = static_cast<std::size_t>(std::max(mark.column, 0));
    Provenance said = parse_comment(trailing_comment(lines_[line], column));
    node.mark = said.mark;
    node.source = std::move(said.source);
  }

  void open(ConfigNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() == kMaxDepth) stop(mark, "nested more than 32 deep", "");
    open_.push_back({make(kind, mark), anchor});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    finish(std::move(done.node), done.anchor);
  }

  void finish(ConfigNode node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& parent = open_.back(); parent.node.kind == ConfigNode::Kind::list) {
      parent.node.children.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_entry(parent, std::move(node));
    }
  }

  void add_entry(Open& map, ConfigNode value) {
    const ConfigNode key = std::move(*map.key);
    map.key.reset();
    if (key.kind != ConfigNode::Kind::scalar) {
      faults_.add(key.origin, "a key must be a plain name");
    } else if (const ConfigNode* twin = map.node.find(key.text)) {
      faults_.add(key.origin, "duplicate key '" + key.text + "', first at " + twin->key_origin,
                  "remove one of them");
    } else {
      value.key = key.text;
      value.key_origin = key.origin;
      map.node.children.push_back(std::move(value));
    }
  }

  std::vector<std::string_view> lines_;
  const TextOrigin& origin_;
  Faults& faults_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, ConfigNode> anchors_;
  std::size_t bytes_ = 0;
  ConfigNode root_;
};

}  // namespace

std::optional<ConfigNode> parse_yaml(std::string_view text, const TextOrigin& origin,
                                     Faults& faults) {
  TreeBuilder builder{text, origin, faults};
  std::istringstream stream{std::string{text}};
  try {
    YAML::Parser parser{stream};
    parser.HandleNextDocument(builder);
    ConfigNode first = builder.take();
    if (parser && parser.HandleNextDocument(builder)) {
      faults.add(origin.name, "holds more than one YAML document", "keep one");
    }
    return first;
  } catch (const YAML::Exception& error) {
    faults.add(place(origin, error.mark), "is not valid YAML: " + error.msg);
  } catch (const Stop&) {  // its fault is in the list
  }
  return std::nullopt;
}

}  // namespace npulse
