// SPDX-License-Identifier: Apache-2.0
#include "sim/core/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "sim/core/error.h"

namespace npulse {
namespace fs = std::filesystem;
namespace {

fs::path resolved(const fs::path& target) {
  std::error_code error;
  const fs::path path = fs::weakly_canonical(target, error);
  return error ? target : path;
}

bool is_special(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status);
}

/// Beside the target, because a rename does not cross file systems; the process id keeps runs
/// apart.
fs::path temporary_beside(const fs::path& target) {
  const std::string name = "." + target.filename().string() + "." + std::to_string(getpid());
  return target.parent_path() / (name + ".part");
}

}  // namespace

OutputFile::OutputFile(const fs::path& target) : target_{resolved(target)} {
  if (target_.filename().empty() || fs::is_directory(target_)) fail("is a directory");
  written_ = is_special(target_) ? target_ : temporary_beside(target_);
  errno = 0;
  stream_.open(written_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail(std::strerror(errno));
}

OutputFile::~OutputFile() {
  if (committed_ || in_place()) return;
  stream_.close();
  std::error_code ignored;
  fs::remove(written_, ignored);
}

void OutputFile::commit() {
  errno = 0;
  stream_.close();
  if (!stream_) fail(errno ? std::strerror(errno) : "a write failed");
  std::error_code error;
  if (!in_place()) fs::rename(written_, target_, error);
  if (error) fail(error.message());
  committed_ = true;
}

void OutputFile::fail(std::string_view what) const {
  throw InputError{target_.string(), "cannot be written: " + std::string{what},
                   "give a file name in an existing, writable directory with room left"};
}

void write_file(const fs::path& target, std::string_view content) {
  OutputFile file{target};
  file.stream().write(content.data(), static_cast<std::streamsize>(content.size()));
  file.commit();
}

}  // namespace npulse
