// SPDX-License-Identifier: Apache-2.0
// The frame of a binary program: magic and version, then chunks of
//
//   4-character type, u32 length, payload, u32 CRC-32 of type, length and payload
//
// A type with an upper-case first letter must be known to the reader; others may be skipped.
// Numbers of the frame are little-endian.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isa/binary/compression.h"
#include "isa/binary/wire.h"

namespace npulse::isa::binary {

// As PNG's: the first byte is no text, and line-end conversion damages it visibly.
constexpr std::string_view kMagic{"\x89NPB\r\n\x1a\n", 8};
constexpr std::string_view kTailMagic{"NPBE", 4};
constexpr std::size_t kPrologueBytes = kMagic.size() + 4;  ///< Magic, u16 major, u16 minor.
constexpr std::size_t kFrameBytes = 12;                    ///< Type, length and CRC of a chunk.
constexpr std::size_t kTailBytes = 8 + kTailMagic.size();  ///< u64 offset of the index, magic.
constexpr std::size_t kMaxPayload = std::size_t{64} << 20;
constexpr std::size_t kMaxDecoded = std::size_t{1} << 20;  ///< Of one CODE chunk.

constexpr std::string_view kHeaderType = "HEAD", kCodeType = "CODE", kMetaType = "META",
                           kIndexType = "INDX";

std::uint32_t crc32(std::string_view bytes);
std::string little_endian(std::uint64_t value, int bytes);
std::uint64_t from_little_endian(std::string_view bytes);

/// A whole chunk, ready to be written.
std::string frame(std::string_view type, std::string_view payload);

/// One line of the index. Chunks follow each other without gaps, so offsets are sums of lengths.
struct ChunkEntry {
  std::array<char, 4> type{};
  std::uint32_t length = 0;        ///< Of the payload.
  std::uint32_t core = 0;          ///< CODE only.
  std::uint32_t instructions = 0;  ///< CODE only.
  std::string_view type_name() const { return {type.data(), type.size()}; }
};

/// The payload of the index: the CRC-32 of the prologue, then every chunk before the index.
struct Index {
  std::uint32_t prologue_crc = 0;
  std::vector<ChunkEntry> entries;
};
void encode_index(WireWriter& out, const Index& index);
Index decode_index(WireReader& in);

/// What stands before the instructions of a CODE chunk.
struct CodeHead {
  std::uint32_t core = 0;
  Compression compression = Compression::none;
  std::uint32_t decoded_bytes = 0;
};
void encode_code_head(WireWriter& out, const CodeHead& head);
CodeHead decode_code_head(WireReader& in);

}  // namespace npulse::isa::binary
