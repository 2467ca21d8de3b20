// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra.h"

#include <algorithm>
#include <filesystem>

#include "isa/limits.h"
#include "sim/core/file_text.h"
#include "traces/importers/chakra_program.h"

namespace npulse::importers {
namespace {

namespace fs = std::filesystem;
using chakra::Rank;

Imported program(const std::string& name, const std::vector<Rank>& ranks) {
  Imported imported;
  imported.product = chakra::program_of(name, ranks, imported.warnings);
  return imported;
}

/// Shorter numbers are smaller: `net.9.et` comes before `net.10.et`.
bool by_rank(const std::string& a, const std::string& b) {
  return std::make_pair(a.size(), a) < std::make_pair(b.size(), b);
}

Imported import_folder(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator{folder}) {
    const std::string file = entry.path().string();
    if (file.ends_with(".et") || file.ends_with(".et.gz")) files.push_back(file);
  }
  if (files.empty()) throw InputError{folder, "holds no trace (.et)"};
  if (files.size() > isa::kMaxCores) throw InputError{folder, "holds more than 65535 traces"};
  std::sort(files.begin(), files.end(), by_rank);
  std::vector<Rank> ranks;
  for (const std::string& file : files) {
    ranks.push_back({file, chakra::read_trace(read_whole(file), file)});
  }
  const auto path = fs::path{folder}.lexically_normal();
  return program((path.has_filename() ? path : path.parent_path()).filename().string(), ranks);
}

}  // namespace

Imported import_chakra_bytes(const std::string& bytes, const std::string& file) {
  return program(fs::path{file}.stem().string(), {{file, chakra::read_trace(bytes, file)}});
}

Imported import_chakra(const std::string& path, const ImportOptions&) {
  std::error_code none;
  if (fs::is_directory(path, none)) return import_folder(path);
  return import_chakra_bytes(read_whole(path), path);
}

}  // namespace npulse::importers
