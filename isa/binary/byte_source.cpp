// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/core/error.h"

namespace npulse::isa {
namespace {

class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, const std::string& name) : file_{descriptor} {
    struct stat status {};
    if (file_ < 0) throw InputError{name, std::strerror(errno)};
    if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(file_);
      throw InputError{name, "not a regular file"};
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~FileSource() override { ::close(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  std::uint64_t size() const override { return size_; }

  bool read(std::uint64_t offset, std::span<char> out) const override {
    while (!out.empty()) {
      const auto got = ::pread(file_, out.data(), out.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
    return true;
  }

 private:
  int file_;
  std::uint64_t size_ = 0;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_{std::move(bytes)} {}
  std::uint64_t size() const override { return bytes_.size(); }
  bool read(std::uint64_t offset, std::span<char> out) const override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) return false;
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return true;
  }

 private:
  std::string bytes_;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) {
  return open_descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path);
}

std::unique_ptr<ByteSource> open_descriptor(int descriptor, const std::string& name) {
  return std::make_unique<FileSource>(descriptor, name);
}

std::unique_ptr<ByteSource> open_memory(std::string bytes) {
  return std::make_unique<MemorySource>(std::move(bytes));
}

}  // namespace npulse::isa
