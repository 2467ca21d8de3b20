// SPDX-License-Identifier: Apache-2.0
// A YAML file as a tree whose nodes know where they stand, and the overrides put over it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/error.h"
#include "sim/core/provenance.h"

namespace npulse {

struct ConfigNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;        ///< Of a scalar.
  std::string origin;      ///< `file:line:col`, or `--set path=value`.
  std::string key;         ///< Within a map.
  std::string key_origin;  ///< Where the key stands.
  Mark mark = Mark::none;  ///< From the comment that ends a scalar's line.
  std::string source;
  std::vector<ConfigNode> children;  ///< Of a list or map, in file order.

  /// The child with that key, or nothing.
  const ConfigNode* find(std::string_view name) const;
  ConfigNode* find(std::string_view name);
  /// The child that one step of a path names: a key, or an index into a list.
  const ConfigNode* step(std::string_view name) const;
  ConfigNode* step(std::string_view name);
};

/// The parsed file. Its own faults (syntax, duplicate keys, bad overrides) wait for the reader, so
/// that one pass reports everything.
class ConfigFile {
 public:
  /// Throws InputError when the file cannot be read or is larger than 1 MiB.
  static ConfigFile load(const std::filesystem::path& path);
  static ConfigFile parse(std::string_view text, std::string name);

  /// Puts `value` (YAML) at `path` (`a.b.c`, list elements by index), as `--set path=value` does.
  void set(std::string_view path, std::string_view value);
  /// The same from one `path=value`.
  void set(std::string_view assignment);

  /// Puts a copy of `value` at `path`; it keeps its own origin and mark.
  void put(std::string_view path, const ConfigNode& value);

  const std::string& name() const { return name_; }
  const ConfigNode& root() const { return root_; }
  const Faults& faults() const { return faults_; }
  /// False when syntax or size left no tree: reading on would only repeat that fault.
  bool readable() const { return readable_; }

  /// The origin of the deepest existing node on the way to `path`.
  const std::string& origin_of(std::string_view path) const;

 private:
  std::string name_;
  ConfigNode root_;
  Faults faults_;
  bool readable_ = true;
};

/// Splits `a.b.c` at its first dot.
std::pair<std::string_view, std::string_view> split_path(std::string_view path);

/// `parent.name`, or `name` at the top.
std::string join_path(const std::string& parent, std::string_view name);

}  // namespace npulse
