// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/reader.h"

#include <fmt/format.h>

#include <filesystem>

#include "isa/binary/code_stream.h"
#include "isa/binary/record.h"
#include "isa/rules/rules.h"

namespace npulse::isa {

using namespace binary;

namespace {

constexpr const char* kDamaged = "the file is damaged or cut off: copy or make it again";

bool is_critical(std::string_view type) {
  return type[0] >= 'A' && type[0] <= 'Z';
}

std::string printable_type(std::string_view type) {
  std::string text{type};
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

}  // namespace

BinaryProgram::BinaryProgram(std::unique_ptr<ByteSource> source, std::string path)
    : source_{std::move(source)}, path_{std::move(path)} {
  read_prologue();
  read_index(read_tail());
}

void BinaryProgram::read_prologue() {
  prologue_ = bytes(0, kPrologueBytes, path_);
  if (!prologue_.starts_with(kMagic))
    throw InputError{path_, "not a binary program: wrong magic", kDamaged};
  const std::string_view version = std::string_view{prologue_}.substr(kMagic.size());
  header_.major = static_cast<std::uint16_t>(from_little_endian(version.substr(0, 2)));
  header_.minor = static_cast<std::uint16_t>(from_little_endian(version.substr(2, 2)));
  if (header_.major == kMajorVersion) return;
  throw InputError{path_, fmt::format("version {}.{}", header_.major, header_.minor),
                   fmt::format("this npulse reads {}.x", kMajorVersion)};
}

std::uint64_t BinaryProgram::read_tail() const {
  const std::uint64_t size = source_->size();
  const std::string where = fmt::format("{}: tail", path_);
  if (size < kPrologueBytes + kFrameBytes + kTailBytes)
    throw InputError{where, "the file is too short", kDamaged};
  const std::string tail = bytes(size - kTailBytes, kTailBytes, where);
  const std::uint64_t offset = from_little_endian(std::string_view{tail}.substr(0, 8));
  if (!tail.ends_with(kTailMagic) || offset < kPrologueBytes ||
      offset > size - kTailBytes - kFrameBytes) {
    throw InputError{fmt::format("{} at byte {}", where, size - kTailBytes),
                     "no index is where it should be", kDamaged};
  }
  return offset;
}

void BinaryProgram::read_index(std::uint64_t offset) {
  Chunk self{offset, {{'I', 'N', 'D', 'X'}, 0, 0, 0}};
  const std::uint64_t length = source_->size() - kTailBytes - kFrameBytes - offset;
  if (length > kMaxPayload) throw InputError{place(self), "the index is too large", kDamaged};
  self.entry.length = static_cast<std::uint32_t>(length);
  Index index;
  decode_payload(self, [&](WireReader& in) { index = decode_index(in); });
  if (index.prologue_crc != crc32(prologue_)) {
    throw InputError{path_, "the magic or version is damaged", kDamaged};
  }
  std::uint64_t at = kPrologueBytes;
  for (const ChunkEntry& entry : index.entries) {
    visit({at, entry});
    at += kFrameBytes + entry.length;
  }
  if (at != offset || !header_seen_) {
    throw InputError{place(self), "the index does not match the file", kDamaged};
  }
}

void BinaryProgram::visit(const Chunk& chunk) {
  const std::string_view type = chunk.entry.type_name();
  if (header_seen_ == (type == kHeaderType)) {
    throw InputError{place(chunk), "the first chunk, and no other, must be HEAD", kDamaged};
  }
  if (type == kHeaderType) {
    read_header(chunk);
  } else if (type == kCodeType) {
    if (chunk.entry.core >= header_.cores) {
      throw InputError{place(chunk), fmt::format("code of core {}", chunk.entry.core),
                       fmt::format("the program has {} cores", header_.cores)};
    }
    instructions_ += chunk.entry.instructions;
    code_[chunk.entry.core].push_back(chunk);
  } else if (type == kMetaType) {
    read_meta(chunk);
  } else if (is_critical(type)) {
    throw InputError{place(chunk), "this npulse does not know such a chunk and may not skip it",
                     "use a newer npulse"};
  } else {
    ++skipped_chunks_;
  }
}

void BinaryProgram::read_header(const Chunk& chunk) {
  decode_payload(chunk, [&](WireReader& in) { decode_header(in, header_); });
  refuse_bad_header(chunk);
  code_.resize(header_.cores);
  header_seen_ = true;
}

void BinaryProgram::read_meta(const Chunk& chunk) {
  ProgramHeader facts;
  decode_payload(chunk, [&](WireReader& in) { decode_header(in, facts); });
  for (auto& [key, value] : facts.meta) header_.meta[key] = value;
  refuse_bad_header(chunk);
}

void BinaryProgram::refuse_bad_header(const Chunk& chunk) const {
  Faults faults;
  check_header(header_, place(chunk), faults);
  faults.throw_if_any();
}

template <class Decode>
void BinaryProgram::decode_payload(const Chunk& chunk, Decode decode) const {
  const std::string content = payload(chunk);
  WireReader in{content, chunk.offset + kFrameBytes - 4};
  try {
    decode(in);
  } catch (const WireFault& fault) {
    throw InputError{place(chunk), fmt::format("{} (at byte {})", fault.message, fault.offset),
                     kDamaged};
  }
}

std::string BinaryProgram::payload(const Chunk& chunk) const {
  const std::string type{chunk.entry.type_name()};
  std::string all = bytes(chunk.offset, kFrameBytes + chunk.entry.length, place(chunk));
  const std::string_view view{all};
  const std::string_view covered = view.substr(0, view.size() - 4);
  const bool sound = covered.starts_with(type + little_endian(chunk.entry.length, 4)) &&
                     crc32(covered) == from_little_endian(view.substr(view.size() - 4));
  if (!sound) throw InputError{place(chunk), "its checksum is wrong", kDamaged};
  all.resize(all.size() - 4);
  return all.erase(0, 8);
}

std::string BinaryProgram::bytes(std::uint64_t offset, std::size_t size,
                                 const std::string& where) const {
  std::string result;
  const bool inside = offset <= source_->size() && size <= source_->size() - offset;
  if (inside) result.resize(size);
  if (!inside || !source_->read(offset, result)) {
    throw InputError{where, fmt::format("the file ends before byte {}", offset + size), kDamaged};
  }
  return result;
}

std::string BinaryProgram::place(const Chunk& chunk) const {
  return fmt::format("{}: chunk {} at byte {}", path_, printable_type(chunk.entry.type_name()),
                     chunk.offset);
}

std::string BinaryProgram::name() const {
  return std::filesystem::path{path_}.filename().string();
}

std::unique_ptr<InstructionStream> BinaryProgram::open(std::uint32_t core) const {
  return std::make_unique<CodeStream>(*this, code_.at(core));
}

bool looks_binary(std::string_view first_bytes) {
  return first_bytes.starts_with(kMagic[0]) ||
         first_bytes.substr(0, 4).ends_with(kMagic.substr(1, 3));
}

}  // namespace npulse::isa
