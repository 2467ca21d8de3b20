// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>

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

/// RANK of `anything.RANK.et` or `anything.RANK.et.gz`; nothing when it is not so named.
std::optional<std::uint64_t> rank_in(std::string file) {
  for (const std::string_view ending : {".gz", ".et"}) {
    if (file.ends_with(ending)) file.resize(file.size() - ending.size());
  }
  const std::size_t digits = file.find_last_not_of("0123456789") + 1;
  std::uint64_t rank = 0;
  const auto [end, error] = std::from_chars(file.data() + digits, file.data() + file.size(), rank);
  return error == std::errc{} ? std::optional{rank} : std::nullopt;
}

/// Files by rank; every rank from 0 on has one.
std::map<std::uint64_t, std::string> files_of(const std::string& folder) {
  std::map<std::uint64_t, std::string> files;
  for (const auto& entry : fs::directory_iterator{folder}) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(".et") && !file.ends_with(".et.gz")) continue;
    const auto rank = rank_in(file);
    if (!rank) {
      throw InputError{entry.path().string(), "does not say its rank",
                       "name the traces of a folder NAME.RANK.et"};
    }
    if (!files.emplace(*rank, entry.path().string()).second) {
      throw InputError{folder, fmt::format("holds two traces of rank {}", *rank),
                       "give each job a folder of its own"};
    }
  }
  return files;
}

void require_all(const std::map<std::uint64_t, std::string>& files, const std::string& folder) {
  if (files.empty()) throw InputError{folder, "holds no trace (.et)"};
  if (files.size() > isa::kMaxCores) throw InputError{folder, "holds more than 65535 traces"};
  std::uint64_t expected = 0;
  for (const auto& [rank, file] : files) {
    if (rank != expected++) {
      throw InputError{folder, fmt::format("holds no trace of rank {}", expected - 1),
                       "give the traces of all ranks, from 0 on"};
    }
  }
}

Imported import_folder(const std::string& folder) {
  const auto files = files_of(folder);
  require_all(files, folder);
  std::vector<Rank> ranks;
  for (const auto& [rank, file] : files) {
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
