// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/timeloop_text.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/core/config_parse.h"

namespace npulse::importers::timeloop {
namespace {

constexpr std::size_t kMaxIncludes = 64;
constexpr std::size_t kMaxBytes = std::size_t{256} << 10;  // real layers take a few KiB

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t\r"), text.size());
  return text.substr(first, text.find_last_not_of(" \t\r") + 1 - first);
}

/// Takes `begin` and `end` off, and the blanks within; nothing when they are not there.
std::optional<std::string_view> between(std::string_view text, std::string_view begin,
                                        std::string_view end) {
  const bool both =
      text.size() >= begin.size() + end.size() && text.starts_with(begin) && text.ends_with(end);
  if (!both) return std::nullopt;
  text.remove_prefix(begin.size());
  text.remove_suffix(end.size());
  return without_blanks(text);
}

/// FILE of a line `{{include_text('FILE')}}`.
std::optional<std::string> included_file(std::string_view line) {
  auto rest = between(without_blanks(line), "{{", "}}");
  if (rest) rest = between(*rest, "include_text", ")");
  if (rest) rest = between(*rest, "(", "");
  if (!rest) return std::nullopt;
  for (const char* quote : {"'", "\""}) {
    const auto file = between(*rest, quote, quote);
    if (file && !file->empty() && file->find(*quote) == std::string_view::npos) {
      return std::string{*file};
    }
  }
  return std::nullopt;
}

/// The lines of a file with those of its includes in place, and where each came from.
class Expansion {
 public:
  explicit Expansion(const ReadInclude& read_include) : read_include_{read_include} {}

  void add(const std::string& text, const std::string& file) {
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      add_line(text.substr(at, end - at), {file, ++number});
      at = end + 1;
    }
  }

  const std::string& text() const { return text_; }
  Faults& faults() { return faults_; }

  /// `:line:col` of the whole as `file:line:col` of the part.
  std::string place_of(const std::string& origin) const {
    const std::size_t column = origin.rfind(':');
    if (column == std::string::npos || column == 0) return origin;
    const std::size_t line = origin.rfind(':', column - 1);
    if (line != 0) return origin;
    const std::size_t number = std::stoul(origin.substr(1, column - 1));
    if (number == 0 || lines_.empty()) return origin;
    const Line& from = lines_[std::min(number, lines_.size()) - 1];
    const std::size_t behind = number - std::min(number, lines_.size());  // the text's end
    return fmt::format("{}:{}{}", from.file, from.number + behind, origin.substr(column));
  }

 private:
  struct Line {
    std::string file;
    std::size_t number;
  };

  void add_line(const std::string& line, const Line& from) {
    const std::size_t first = line.find_first_not_of(" \t");
    const std::size_t jinja = std::min(line.find("{{"), line.find("{%"));
    if (jinja != std::string::npos && line[first] != '#') return add_include(line, jinja, from);
    if (text_.size() + line.size() >= kMaxBytes) {
      throw InputError{from.file, fmt::format("is with its includes over {} bytes", kMaxBytes)};
    }
    text_ += line + "\n";
    lines_.push_back(from);
  }

  void add_include(const std::string& line, std::size_t jinja, const Line& from) {
    const std::string where = fmt::format("{}:{}:{}", from.file, from.number, jinja + 1);
    const auto included = included_file(line);
    if (!included) {
      return faults_.add(where, "of jinja2, only {{include_text('FILE')}} on a line is read",
                         "let Timeloop's front end write the file out, or replace it by hand");
    }
    if (++includes_ > kMaxIncludes) {
      throw InputError{where, fmt::format("more than {} files are included", kMaxIncludes),
                       "look for a file that includes itself"};
    }
    const auto path = std::filesystem::path{from.file}.parent_path() / *included;
    try {
      add(read_include_(path.lexically_normal().string()), path.lexically_normal().string());
    } catch (const InputError& error) {
      if (error.faults().front().where != path.lexically_normal().string()) throw;
      faults_.add(where, fmt::format("the included {}", error.faults().front().text()));
    }
  }

  const ReadInclude& read_include_;
  std::string text_;
  std::vector<Line> lines_;
  std::size_t includes_ = 0;
  Faults faults_;
};

void put(ConfigNode& into, ConfigNode child, bool deep) {
  ConfigNode* known = into.find(child.key);
  if (!known) {
    into.children.push_back(std::move(child));
  } else if (deep && known->kind == ConfigNode::Kind::map && child.kind == known->kind) {
    for (ConfigNode& grandchild : child.children) put(*known, std::move(grandchild), deep);
  } else {
    *known = std::move(child);
  }
}

/// Maps that a merge key names come first; the others' own keys stand over them.
class Merger {
 public:
  explicit Merger(Faults& faults) : faults_{faults} {}

  ConfigNode merged(ConfigNode node) {
    std::vector<ConfigNode> children = std::move(node.children);
    node.children.clear();
    bool deep = false;
    for (ConfigNode& child : children) {
      if (!is_merge(node, child)) continue;
      deep = deep || child.key == "<<<";
      merge_from(node, merged(std::move(child)));
      child.key = "<<";
    }
    for (ConfigNode& child : children) {
      if (is_merge(node, child)) continue;
      child = merged(std::move(child));
      if (node.kind == ConfigNode::Kind::map) {
        put(node, std::move(child), deep);
      } else {
        node.children.push_back(std::move(child));
      }
    }
    return node;
  }

 private:
  static bool is_merge(const ConfigNode& map, const ConfigNode& child) {
    return map.kind == ConfigNode::Kind::map && (child.key == "<<" || child.key == "<<<");
  }

  void merge_from(ConfigNode& into, ConfigNode from) {
    if (from.kind == ConfigNode::Kind::list) {
      for (ConfigNode& one : from.children) merge_from(into, std::move(one));
    } else if (from.kind == ConfigNode::Kind::map) {
      for (ConfigNode& child : from.children) put(into, std::move(child), true);
    } else {
      faults_.add(from.origin, "what is merged must be a map, or a list of maps");
    }
  }

  Faults& faults_;
};

void place(ConfigNode& node, const Expansion& expansion) {
  node.origin = expansion.place_of(node.origin);
  node.key_origin = expansion.place_of(node.key_origin);
  for (ConfigNode& child : node.children) place(child, expansion);
}

}  // namespace

ConfigNode read_document(const std::string& text, const std::string& file,
                         const ReadInclude& read_include) {
  Expansion expansion{read_include};
  expansion.add(text, file);
  expansion.faults().throw_if_any();
  Faults found, faults;
  auto root = parse_yaml(expansion.text(), {.name = "", .override = false}, found);
  for (const Diagnostic& fault : found.list()) {
    faults.add(expansion.place_of(fault.where), fault.message, fault.hint);
  }
  faults.throw_if_any();
  ensure(root.has_value(), "a YAML text without faults has no tree");
  place(*root, expansion);
  ConfigNode merged = Merger{faults}.merged(std::move(*root));
  faults.throw_if_any();
  return merged;
}

}  // namespace npulse::importers::timeloop
