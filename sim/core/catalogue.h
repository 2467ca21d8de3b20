// SPDX-License-Identifier: Apache-2.0
// Finds the shipped configurations: configs/<kind>/<name>.{yaml,json}, by name or by path.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace npulse {

class Catalogue {
 public:
  /// A tree with one directory a kind (`chips`, `parts`, `tech`, `models`, ...).
  explicit Catalogue(std::filesystem::path root) : root_{std::move(root)} {}

  /// The tree named by the environment variable NPULSE_CONFIGS; else `packaged` (of the Python
  /// package) when not empty; else that of the source tree, while it exists, else the installed
  /// one.
  static Catalogue locate(const std::filesystem::path& packaged = {});

  const std::filesystem::path& root() const { return root_; }

  /// Names of a kind, sorted.
  std::vector<std::string> list(std::string_view kind) const;

  /// The file that `name_or_path` means: a path when it has a '/' or ends in .yaml, .yml or .json,
  /// otherwise a name. Throws InputError with the nearest and all names when there is none.
  std::filesystem::path find(std::string_view kind, std::string_view name_or_path) const;

 private:
  std::filesystem::path root_;
};

}  // namespace npulse
