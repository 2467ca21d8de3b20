// SPDX-License-Identifier: Apache-2.0
// Binary programs put together by hand: sound frames around any payload.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "isa/binary/chunk.h"
#include "isa/binary/record.h"

namespace npulse::isa::tests {

/// A file of these chunks, framed and indexed as a writer would.
inline std::string file_of(const std::vector<std::pair<std::string, std::string>>& chunks,
                           int minor = 0) {
  using namespace binary;
  std::string bytes = std::string{kMagic} + little_endian(1, 2) +
                      little_endian(static_cast<std::uint64_t>(minor), 2);
  Index index{crc32(bytes), {}};
  for (const auto& [type, payload] : chunks) {
    ChunkEntry entry;
    std::copy(type.begin(), type.end(), entry.type.begin());
    entry.length = static_cast<std::uint32_t>(payload.size());
    index.entries.push_back(entry);
    bytes += frame(type, payload);
  }
  const auto offset = bytes.size();
  WireWriter out;
  encode_index(out, index);
  return bytes + frame("INDX", out.bytes()) + little_endian(offset, 8) + std::string{kTailMagic};
}

inline std::string header_payload(const ProgramHeader& header = {}) {
  binary::WireWriter out;
  binary::encode_header(out, header);
  return out.bytes();
}

/// A CODE payload of core 0 that claims to be `size` bytes when decoded.
inline std::string code_payload(const std::string& code, Compression compression,
                                std::size_t size) {
  binary::WireWriter head;
  binary::encode_code_head(head, {0, compression, static_cast<std::uint32_t>(size)});
  return head.bytes() + binary::compress(code, compression);
}

}  // namespace npulse::isa::tests
