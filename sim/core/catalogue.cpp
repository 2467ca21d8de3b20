// SPDX-License-Identifier: Apache-2.0
#include "sim/core/catalogue.h"

#include <algorithm>
#include <cstdlib>

#include "sim/core/error.h"

namespace npulse {
namespace fs = std::filesystem;
namespace {

bool is_config(const fs::path& path) {
  const fs::path extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

/// Every configuration file of a directory, sorted.
std::vector<fs::path> files_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{directory, error}) {
    if (is_config(entry.path()) && entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

fs::path existing_file(std::string_view path) {
  if (!fs::is_regular_file(path)) {
    throw InputError{std::string{path}, "no such file", "check the path, or give a shipped name"};
  }
  return path;
}

}  // namespace

Catalogue Catalogue::locate(const fs::path& packaged) {
  if (const char* root = std::getenv("NPULSE_CONFIGS"); root && *root) {
    if (!fs::is_directory(root)) {
      throw InputError{"NPULSE_CONFIGS=" + std::string{root}, "is not a directory",
                       "point it at a tree with chips/, parts/ and tech/, or unset it"};
    }
    return Catalogue{root};
  }
  if (!packaged.empty()) return Catalogue{packaged};
  const fs::path source = NPULSE_SOURCE_CONFIGS;  // first: a developer's build beats an old install
  return Catalogue{fs::is_directory(source) ? source : fs::path{NPULSE_INSTALLED_CONFIGS}};
}

std::vector<std::string> Catalogue::list(std::string_view kind) const {
  std::vector<std::string> names;
  for (const auto& file : files_in(root_ / kind)) names.push_back(file.stem().string());
  return names;
}

fs::path Catalogue::find(std::string_view kind, std::string_view name_or_path) const {
  const bool path = name_or_path.find('/') != std::string_view::npos || is_config(name_or_path);
  if (path) return existing_file(name_or_path);
  for (const auto& file : files_in(root_ / kind)) {
    if (file.stem() == name_or_path) return file;
  }
  const auto names = list(kind);
  const std::string guess = did_you_mean(name_or_path, names);
  throw InputError{std::string{kind} + " '" + std::string{name_or_path} + "'",
                   names.empty()
                       ? "unknown: there are no " + std::string{kind} + " in " + root_.string()
                       : "unknown; allowed: " + join(names) + ", or a path to a file",
                   guess};
}

}  // namespace npulse
