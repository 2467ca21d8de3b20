// SPDX-License-Identifier: Apache-2.0
#include "traces/dram/input.h"

#include <algorithm>
#include <array>
#include <boost/iostreams/filter/gzip.hpp>
#include <filesystem>

#include "sim/core/error.h"

namespace npulse::traces {
namespace {

constexpr std::streamsize kBuffer = 1 << 16;

bool is_gzip(std::ifstream& file) {
  std::array<char, 2> magic{};
  file.read(magic.data(), magic.size());
  const bool gzip = file.gcount() == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
  file.clear();
  file.seekg(0);
  return gzip;
}

}  // namespace

TraceInput::TraceInput(const std::string& path) : file_{path, std::ios::binary} {
  if (!file_ || std::filesystem::is_directory(path)) {
    throw InputError{path, "cannot be read", "check that the file exists and is readable"};
  }
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  size_ = none ? 0 : static_cast<double>(size);
  if (is_gzip(file_)) stream_.push(boost::iostreams::gzip_decompressor{}, kBuffer);
  stream_.push(file_, kBuffer);
}

double TraceInput::fraction() {
  if (size_ == 0) return 0;
  const auto at = file_.tellg();
  return at < 0 ? 1 : std::min(1.0, static_cast<double>(at) / size_);
}

}  // namespace npulse::traces
