// SPDX-License-Identifier: Apache-2.0
#include "traces/program_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "isa/binary/reader.h"
#include "isa/binary/writer.h"
#include "isa/text/assembler.h"
#include "isa/text/disassembler.h"
#include "sim/core/error.h"
#include "sim/core/output_file.h"
#include "traces/scratch_file.h"

namespace npulse::traces {
namespace {

constexpr const char* kTextEnding = ".npt";
constexpr const char* kBinaryEnding = ".npb";

std::string ending_of(const std::string& path) {
  return std::filesystem::path{path}.extension().string();
}

class BinaryFile : public isa::ProgramSink {
 public:
  BinaryFile(const std::string& path, isa::Compression compression)
      : file_{path}, writer_{file_.stream(), isa::BinaryOptions{compression}} {}

  void begin(const isa::ProgramHeader& header) override { writer_.begin(header); }
  void put(std::uint32_t core, const isa::Instruction& instruction) override {
    writer_.put(core, instruction);
  }
  void finish(const std::map<std::string, std::string>& meta) override {
    writer_.finish(meta);
    file_.commit();
  }

 private:
  OutputFile file_;
  isa::BinaryWriter writer_;
};

/// Cores come in any order and facts at the end, but text has one section a core and facts at the
/// top: so the program is kept in binary form until it is complete.
class TextFile : public isa::ProgramSink {
 public:
  explicit TextFile(const std::string& path)
      : path_{path},
        file_{path},
        scratch_{std::filesystem::path{path}.parent_path()},
        writer_{scratch_.stream()} {}

  void begin(const isa::ProgramHeader& header) override { writer_.begin(header); }
  void put(std::uint32_t core, const isa::Instruction& instruction) override {
    writer_.put(core, instruction);
  }
  void finish(const std::map<std::string, std::string>& meta) override {
    writer_.finish(meta);
    isa::disassemble(isa::BinaryProgram{scratch_.written(), path_}, file_.stream());
    file_.commit();
  }

 private:
  std::string path_;
  OutputFile file_;
  ScratchFile scratch_;
  isa::BinaryWriter writer_;
};

}  // namespace

std::unique_ptr<isa::Program> open_program(const std::string& path) {
  auto source = isa::open_file(path);
  std::string first(std::min<std::uint64_t>(4, source->size()), '\0');
  if (!source->read(0, first)) throw InputError{path, "cannot be read"};
  if (isa::looks_binary(first))
    return std::make_unique<isa::BinaryProgram>(std::move(source), path);
  if (source->size() > kMaxTextBytes) {
    throw InputError{path, fmt::format("text of {} bytes is too large to run from", source->size()),
                     "convert it with 'npulse asm' and use the .npb file"};
  }
  auto program =
      std::make_unique<isa::MemoryProgram>(std::filesystem::path{path}.filename().string());
  assemble_file(path, *program);
  return program;
}

void assemble_file(const std::string& path, isa::ProgramSink& sink) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw InputError{path, "cannot be read"};
  isa::assemble(in, path, sink);
}

void copy_program(const isa::Program& program, isa::ProgramSink& sink) {
  sink.begin(program.header());
  for (std::uint32_t core = 0; core < program.header().cores; ++core) {
    const auto stream = program.open(core);
    for (isa::Instruction instruction; stream->next(instruction);) sink.put(core, instruction);
  }
  sink.finish({});
}

std::unique_ptr<isa::ProgramSink> create_program(const std::string& path,
                                                 const ProgramFileOptions& options) {
  const std::string ending = ending_of(path);
  if (ending == kTextEnding) return std::make_unique<TextFile>(path);
  if (ending == kBinaryEnding) return std::make_unique<BinaryFile>(path, options.compression);
  throw InputError{path, fmt::format("unknown ending '{}' of a program", ending),
                   fmt::format("allowed: {} (text), {} (binary)", kTextEnding, kBinaryEnding)};
}

}  // namespace npulse::traces
