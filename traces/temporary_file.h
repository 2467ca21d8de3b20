// SPDX-License-Identifier: Apache-2.0
// A file that appears under its name only when it is complete.
#pragma once

#include <fstream>
#include <string>

namespace npulse::traces {

class TemporaryFile {
 public:
  /// Creates an empty file under a temporary name beside `target`. Throws InputError.
  explicit TemporaryFile(std::string target);
  /// Removes the file unless it was committed.
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

  /// Runs `write(stream)`; a failure of the stream becomes an InputError that names the target.
  template <class Write>
  void write(Write&& write_to) {
    try {
      write_to(stream_);
    } catch (const std::ios_base::failure&) {
      fail("cannot write");
    }
  }
  /// Ends writing; the file can be read under path().
  void close();
  /// Gives the file its name, replacing what has it now.
  void commit();

 private:
  [[noreturn]] void fail(const char* what) const;

  std::string target_, path_;
  std::ofstream stream_;
  bool committed_ = false;
};

}  // namespace npulse::traces
