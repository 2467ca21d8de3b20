// SPDX-License-Identifier: Apache-2.0
// A program in its binary form, read chunk by chunk: each stream holds one chunk in memory.
#pragma once

#include "isa/binary/byte_source.h"
#include "isa/binary/chunk.h"
#include "isa/program.h"

namespace npulse::isa {

class BinaryProgram : public Program {
 public:
  /// Reads the header and the index. Throws InputError (file, chunk, byte) for what is damaged, of
  /// a newer major version, or holds a critical chunk that this version does not know. `path` is
  /// for messages.
  BinaryProgram(std::unique_ptr<ByteSource> source, std::string path);

  const ProgramHeader& header() const override { return header_; }
  /// The stream throws InputError for damaged chunks and ill-formed instructions; it must not
  /// outlive the program.
  std::unique_ptr<InstructionStream> open(std::uint32_t core) const override;
  std::string name() const override;

  /// Instructions as written, loops not expanded.
  std::uint64_t instructions() const { return instructions_; }
  /// Optional chunks that this version does not know.
  std::size_t skipped_chunks() const { return skipped_chunks_; }

  struct Chunk {
    std::uint64_t offset;
    binary::ChunkEntry entry;
  };
  /// The payload of a chunk, checked against its frame. For streams.
  std::string payload(const Chunk& chunk) const;
  std::string place(const Chunk& chunk) const;

 private:
  void read_prologue();
  std::uint64_t read_tail() const;
  void read_index(std::uint64_t offset);
  void visit(const Chunk& chunk);
  void read_header(const Chunk& chunk);
  void read_meta(const Chunk& chunk);
  void refuse_bad_header(const Chunk& chunk) const;
  template <class Decode>
  void decode_payload(const Chunk& chunk, Decode decode) const;
  std::string bytes(std::uint64_t offset, std::size_t size, const std::string& where) const;

  std::unique_ptr<ByteSource> source_;
  std::string path_;
  std::string prologue_;
  ProgramHeader header_;
  std::vector<std::vector<Chunk>> code_;  ///< By core.
  std::uint64_t instructions_ = 0;
  std::size_t skipped_chunks_ = 0;
  bool header_seen_ = false;
};

/// True when the first bytes of a file are those of a binary program, also with a damaged magic.
bool looks_binary(std::string_view first_bytes);

}  // namespace npulse::isa
