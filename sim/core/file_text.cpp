// SPDX-License-Identifier: Apache-2.0
#include "sim/core/file_text.h"

#include <fmt/format.h>

#include <fstream>

#include "sim/core/error.h"

namespace npulse {

std::string read_whole(const std::string& path, std::uint64_t max_bytes) {
  std::ifstream in{path, std::ios::binary};
  std::string text;
  constexpr std::size_t kChunk = 1 << 16;
  while (in && text.size() <= max_bytes) {
    const std::size_t before = text.size();
    text.resize(before + kChunk);
    in.read(text.data() + before, kChunk);
    text.resize(before + static_cast<std::size_t>(in.gcount()));
  }
  if (!in.eof() && text.size() <= max_bytes) {
    throw InputError{path, "cannot be read", "check that the file exists and is readable"};
  }
  if (text.size() > max_bytes) {
    throw InputError{path, fmt::format("has more than {} bytes", max_bytes)};
  }
  return text;
}

}  // namespace npulse
