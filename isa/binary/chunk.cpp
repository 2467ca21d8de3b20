// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/chunk.h"

#include <boost/crc.hpp>

#include "isa/binary/values.h"

namespace npulse::isa::binary {

std::uint32_t crc32(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

std::string little_endian(std::uint64_t value, int bytes) {
  std::string result;
  for (int i = 0; i < bytes; ++i) result += static_cast<char>(value >> (8 * i));
  return result;
}

std::uint64_t from_little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string frame(std::string_view type, std::string_view payload) {
  std::string chunk{type};
  chunk += little_endian(payload.size(), 4);
  chunk += payload;
  chunk += little_endian(crc32(chunk), 4);
  return chunk;
}

void encode_index(WireWriter& out, const Index& index) {
  out.varint(index.prologue_crc);
  for (const ChunkEntry& entry : index.entries) {
    WireWriter inner;
    inner.block(entry.type_name());
    inner.varint(entry.length);
    inner.varint(entry.core);
    inner.varint(entry.instructions);
    out.block(inner.bytes());
  }
}

Index decode_index(WireReader& in) {
  Index index;
  decode(in, index.prologue_crc);
  while (!in.at_end()) {
    WireReader inner = in.nested();
    ChunkEntry& entry = index.entries.emplace_back();
    const std::string_view type = inner.block();
    if (type.size() != entry.type.size()) inner.fail("a chunk type has not four characters");
    std::copy(type.begin(), type.end(), entry.type.begin());
    entry.length = static_cast<std::uint32_t>(inner.bounded(kMaxPayload, "the length of a chunk"));
    decode(inner, entry.core);
    decode(inner, entry.instructions);
  }
  return index;
}

void encode_code_head(WireWriter& out, const CodeHead& head) {
  out.varint(head.core);
  encode(out, head.compression);
  out.varint(head.decoded_bytes);
}

CodeHead decode_code_head(WireReader& in) {
  CodeHead head;
  decode(in, head.core);
  decode(in, head.compression);
  head.decoded_bytes = static_cast<std::uint32_t>(in.bounded(kMaxDecoded, "the decoded length"));
  return head;
}

}  // namespace npulse::isa::binary
