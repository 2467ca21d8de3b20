// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/writer.h"

#include "isa/binary/record.h"
#include "isa/rules/rules.h"

namespace npulse::isa {
namespace {

using namespace binary;

std::string prologue() {
  return std::string{kMagic} + little_endian(kMajorVersion, 2) + little_endian(kMinorVersion, 2);
}

void refuse(const std::optional<Diagnostic>& fault) {
  if (fault) throw InternalError{"a program was made wrongly: " + fault->text()};
}

}  // namespace

void BinaryWriter::begin(const ProgramHeader& header) {
  Faults faults;
  check_header(header, "header", faults);
  if (!faults.empty()) refuse(faults.list().front());
  header_ = header;
  pending_.resize(header.cores);
  write(prologue());
  index_.prologue_crc = crc32(prologue());
  WireWriter payload;
  encode_header(payload, header);
  write_chunk(kHeaderType, payload.bytes());
}

void BinaryWriter::put(std::uint32_t core, const Instruction& instruction) {
  refuse(fault_of(instruction, header_));
  Pending& pending = pending_.at(core);
  refuse(pending.nesting.accept(instruction));
  encode_instruction(pending.code, instruction, pending.line);
  ++pending.instructions;
  if (pending.code.bytes().size() >= options_.chunk_bytes) flush(core);
}

void BinaryWriter::flush(std::uint32_t core) {
  Pending& pending = pending_[core];
  if (pending.instructions == 0) return;
  const std::string& code = pending.code.bytes();
  ensure(code.size() <= kMaxDecoded, "a chunk of code is too large");
  WireWriter head;
  encode_code_head(head, {core, options_.compression, static_cast<std::uint32_t>(code.size())});
  write_chunk(kCodeType, head.bytes() + compress(code, options_.compression), core,
              pending.instructions);
  pending.code.clear();
  pending.instructions = 0;
  pending.line = 0;
}

void BinaryWriter::finish(const std::map<std::string, std::string>& meta) {
  for (std::uint32_t core = 0; core < pending_.size(); ++core) {
    refuse(pending_[core].nesting.finish());
    flush(core);
  }
  if (!meta.empty()) {
    ProgramHeader facts;
    facts.meta = meta;
    WireWriter payload;
    encode_header(payload, facts);
    write_chunk(kMetaType, payload.bytes());
  }
  write_index();
  out_.flush();
}

void BinaryWriter::write_index() {
  const std::uint64_t offset = written_;
  WireWriter payload;
  encode_index(payload, index_);
  if (payload.bytes().size() > kMaxPayload) {
    throw InputError{"program", "it has more chunks than a file can index",
                     "split it into several programs"};
  }
  write(frame(kIndexType, payload.bytes()));
  write(little_endian(offset, 8));
  write(kTailMagic);
}

void BinaryWriter::write_chunk(std::string_view type, std::string_view payload, std::uint32_t core,
                               std::uint32_t instructions) {
  ensure(payload.size() <= kMaxPayload, "a chunk is too large");
  ChunkEntry& entry = index_.entries.emplace_back();
  std::copy(type.begin(), type.end(), entry.type.begin());
  entry.length = static_cast<std::uint32_t>(payload.size());
  entry.core = core;
  entry.instructions = instructions;
  write(frame(type, payload));
}

void BinaryWriter::write(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  written_ += bytes.size();
}

}  // namespace npulse::isa
