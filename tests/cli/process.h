// SPDX-License-Identifier: Apache-2.0
// Runs the `npulse` program as a person does, in a folder of its own.
#pragma once

#include <algorithm>
#include <set>
#include <string>

#include "tests/support/temp_dir.h"

namespace npulse::test {

struct Outcome {
  int code = 0;  ///< As a shell shows it: 128 + n when signal n killed the program.
  std::string out, err;
};

/// Names of all files of a folder, hidden ones too.
inline std::set<std::string> files_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// A folder with files, in which commands run.
class Desk {
 public:
  void put(const std::string& name, const std::string& content) const {
    tests::write_file(folder_ / name, content);
  }
  std::string read(const std::string& name) const { return tests::read_file(folder_ / name); }
  std::set<std::string> files() const { return files_in(folder_.path()); }
  const std::filesystem::path& path() const { return folder_.path(); }

  /// `npulse ARGUMENTS`, the words as a shell takes them.
  Outcome npulse(const std::string& arguments) const {
    return npulse_into(streams_ / "out", arguments);
  }

  /// The same with its output going to `out`.
  Outcome npulse_into(const std::string& out, const std::string& arguments) const {
    const std::string err = streams_ / "err";
    const std::string command = "cd '" + folder_.path().string() + "' && '" NPULSE_BINARY "' " +
                                arguments + " >'" + out + "' 2>'" + err + "'";
    const int status = std::system(command.c_str());
    const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    const bool regular = std::filesystem::is_regular_file(out);
    return {code, regular ? tests::read_file(out) : "", tests::read_file(err)};
  }

 private:
  tests::TempDir folder_, streams_;
};

inline std::int64_t lines_of(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

}  // namespace npulse::test
