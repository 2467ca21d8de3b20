// SPDX-License-Identifier: Apache-2.0
// Puts a program into its binary form, in memory bounded by a chunk a core.
#pragma once

#include <ostream>

#include "isa/binary/chunk.h"
#include "isa/nesting.h"
#include "isa/program.h"

namespace npulse::isa {

struct BinaryOptions {
  Compression compression = Compression::zstd;
  std::size_t chunk_bytes = std::size_t{64} << 10;  ///< Decoded; a chunk ends after it passes this.
};

class BinaryWriter : public ProgramSink {
 public:
  explicit BinaryWriter(std::ostream& out, BinaryOptions options = {})
      : out_{out}, options_{options} {}

  void begin(const ProgramHeader& header) override;
  void put(std::uint32_t core, const Instruction& instruction) override;
  void finish(const std::map<std::string, std::string>& meta) override;

 private:
  /// The instructions of a core that are in no chunk yet.
  struct Pending {
    binary::WireWriter code;
    std::uint32_t instructions = 0, line = 0;
    Nesting nesting;
  };
  void write(std::string_view bytes);
  void write_chunk(std::string_view type, std::string_view payload, std::uint32_t core = 0,
                   std::uint32_t instructions = 0);
  void flush(std::uint32_t core);
  void write_index();

  std::ostream& out_;
  BinaryOptions options_;
  ProgramHeader header_;
  std::uint64_t written_ = 0;
  binary::Index index_;
  std::vector<Pending> pending_;
};

}  // namespace npulse::isa
