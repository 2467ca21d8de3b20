// SPDX-License-Identifier: Apache-2.0
#include "traces/scratch_file.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sim/core/error.h"

namespace npulse::traces {
namespace {

constexpr const char* kHint = "give a file name in an existing, writable directory with room left";

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& folder)
    : folder_{folder.empty() ? "." : folder.string()} {
  std::string name = folder_ + "/.npulse-XXXXXX";
  const int file = ::mkstemp(name.data());
  if (file < 0)
    throw InputError{folder_, fmt::format("cannot be written: {}", std::strerror(errno)), kHint};
  ::unlink(name.c_str());
  stream_.open(boost::iostreams::file_descriptor{file, boost::iostreams::close_handle});
}

std::unique_ptr<isa::ByteSource> ScratchFile::written() {
  stream_.flush();
  if (!stream_) throw InputError{folder_, "a write failed", kHint};
  return isa::open_descriptor(::dup(stream_->handle()), folder_);
}

}  // namespace npulse::traces
