// SPDX-License-Identifier: Apache-2.0
// Output files are whole or absent: written beside the target under another name, renamed at the
// end.
#pragma once

#include <filesystem>
#include <fstream>
#include <string_view>

namespace npulse {

/// A file being written. Without commit() nothing of it remains and the target keeps its old
/// content. A target that is no regular file (/dev/null, a pipe) is written in place.
class OutputFile {
 public:
  /// Throws InputError when the place cannot be written.
  explicit OutputFile(const std::filesystem::path& target);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Binary stream; errors are kept in its state and reported by commit().
  std::ostream& stream() { return stream_; }

  /// Makes the content visible under the target's name; throws InputError when a write had failed.
  void commit();

 private:
  [[noreturn]] void fail(std::string_view what) const;
  bool in_place() const { return written_ == target_; }

  std::filesystem::path target_;  ///< Symbolic links resolved, so that a link stays a link.
  std::filesystem::path written_;
  std::ofstream stream_;
  bool committed_ = false;
};

/// Writes `content` to `target`, all or nothing.
void write_file(const std::filesystem::path& target, std::string_view content);

}  // namespace npulse
