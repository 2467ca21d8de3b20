// SPDX-License-Identifier: Apache-2.0
// Programs in files: text (.npt) or binary (.npb).
#pragma once

#include <memory>
#include <string>

#include "isa/binary/compression.h"
#include "isa/program.h"

namespace npulse::traces {

/// Opens a program; its content, not its name, says whether it is text or binary. Binary is read
/// chunk by chunk; text is assembled into memory, so it is limited to kMaxTextBytes. Throws
/// InputError.
std::unique_ptr<isa::Program> open_program(const std::string& path);

constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;

/// Assembles text of any size into `sink` in bounded memory. Throws InputError.
void assemble_file(const std::string& path, isa::ProgramSink& sink);

/// Puts every instruction of `program` into `sink`.
void copy_program(const isa::Program& program, isa::ProgramSink& sink);

struct ProgramFileOptions {
  isa::Compression compression = isa::Compression::zstd;  ///< Of .npb.
};

/// A sink that makes the file `path`: text when it ends in .npt, binary when in .npb. It writes
/// under a temporary name beside it and renames in finish(); destroyed before, it leaves nothing.
/// Throws InputError for another ending and for what the file system refuses.
std::unique_ptr<isa::ProgramSink> create_program(const std::string& path,
                                                 const ProgramFileOptions& options = {});

}  // namespace npulse::traces
