// SPDX-License-Identifier: Apache-2.0
#include "traces/temporary_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "sim/core/error.h"

namespace npulse::traces {
namespace {

constexpr int kAttempts = 100;  // names that other runs may hold at the same time
constexpr mode_t kMode = 0666;  // less the umask, as any new file

/// A new empty file beside `target`; nothing when the folder does not allow one (errno says why).
std::string create_beside(const std::string& target) {
  const std::filesystem::path path{target};
  for (int i = 0; i < kAttempts; ++i) {
    const std::string name = fmt::format(".{}.{}.tmp", path.filename().string(), i);
    const std::string candidate = (path.parent_path() / name).string();
    const int file = ::open(candidate.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kMode);
    if (file >= 0) {
      ::close(file);
      return candidate;
    }
    if (errno != EEXIST) break;
  }
  return {};
}

}  // namespace

TemporaryFile::TemporaryFile(std::string target)
    : target_{std::move(target)}, path_{create_beside(target_)} {
  if (path_.empty()) fail("cannot create it");
  stream_.open(path_, std::ios::binary | std::ios::trunc);
  if (!stream_) fail("cannot create it");
  stream_.exceptions(std::ios::badbit | std::ios::failbit);
}

TemporaryFile::~TemporaryFile() {
  if (!committed_) ::unlink(path_.c_str());
}

void TemporaryFile::close() {
  write([](std::ofstream& stream) { stream.close(); });
}

void TemporaryFile::commit() {
  if (stream_.is_open()) close();
  if (std::rename(path_.c_str(), target_.c_str()) != 0)
    fail("cannot put the finished file in its place");
  committed_ = true;
}

void TemporaryFile::fail(const char* what) const {
  throw InputError{target_, fmt::format("{}: {}", what, std::strerror(errno)),
                   "choose a folder that can be written and has room"};
}

}  // namespace npulse::traces
