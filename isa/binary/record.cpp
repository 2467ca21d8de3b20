// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/record.h"

#include <fmt/format.h>

#include "isa/binary/values.h"
#include "isa/limits.h"
#include "isa/rules/rules.h"

namespace npulse::isa::binary {
namespace {

// What every instruction may carry, numbered above the fields of operations.
enum Attribute : int { kQueue = 28, kWait = 29, kSignal = 30, kLine = 31 };

template <class T>
constexpr bool kIsList = requires(T& list) {
  list.clear();
}
&&!std::is_same_v<T, std::string>;

template <class List>
void decode_entry(WireReader& in, WireReader::Tag tag, List& list, std::size_t limit) {
  if (list.size() == limit) in.fail(fmt::format("field {} is given over {} times", tag.id, limit));
  if constexpr (requires { typename List::mapped_type; }) {
    std::pair<std::string, std::string> entry;
    decode_field(in, tag, entry);
    list.insert_or_assign(std::move(entry.first), std::move(entry.second));
  } else {
    decode_field(in, tag, list.emplace_back());
  }
}

template <class Record>
void encode_fields(WireWriter& out, const Record& record) {
  const auto field = [&](int id, const char*, auto member, Role role, const char*) {
    const auto& value = record.*member;
    if constexpr (kIsList<std::decay_t<decltype(value)>>) {
      for (const auto& entry : value) encode_field(out, id, entry);
    } else {
      if (role != Role::optional || !is_default(record, member)) encode_field(out, id, value);
    }
  };
  describe(field, Of<Record>{});
}

/// Reads the value of `tag` into the field of that number; false when there is none.
template <class Record>
bool decode_known(WireReader& in, WireReader::Tag tag, Record& record) {
  bool known = false;
  const auto field = [&](int id, const char*, auto member, Role, const char*) {
    if (known || tag.id != static_cast<std::uint64_t>(id)) return;
    known = true;
    auto& value = record.*member;
    if constexpr (kIsList<std::decay_t<decltype(value)>>) {
      decode_entry(in, tag, value, max_entries(value));
    } else {
      decode_field(in, tag, value);
    }
  };
  describe(field, Of<Record>{});
  return known;
}

void decode_attribute(WireReader& in, WireReader::Tag tag, Instruction& out, std::uint32_t& line) {
  switch (tag.id) {
    case kQueue:
      decode_field(in, tag, out.queue);
      break;
    case kWait:
      decode_entry(in, tag, out.waits, kMaxWaits);
      break;
    case kSignal:
      decode_entry(in, tag, out.signals, kMaxWaits);
      break;
    case kLine: {
      std::int64_t delta = 0;
      if (tag.type != WireType::varint) in.fail("the line has the wrong form");
      decode(in, delta);
      line += static_cast<std::uint32_t>(delta);
      out.line = line;
      break;
    }
    default:
      in.skip(tag.type);
  }
}

/// Gives `operation` a fresh operation of `opcode`.
template <std::size_t I = 0>
void reset(Operation& operation, std::uint64_t opcode) {
  if constexpr (I + 1 < std::variant_size_v<Operation>) {
    if (opcode != I) return reset<I + 1>(operation, opcode);
  }
  operation.emplace<I>();
}

}  // namespace

void encode(WireWriter& out, const TensorDecl& value) {
  WireWriter inner;
  inner.block(value.name);
  encode_fields(inner, value);
  out.block(inner.bytes());
}

void decode(WireReader& in, TensorDecl& value) {
  WireReader inner = in.nested();
  decode(inner, value.name);
  while (!inner.at_end()) {
    const auto tag = inner.tag();
    if (!decode_known(inner, tag, value)) inner.skip(tag.type);
  }
}

void encode_header(WireWriter& out, const ProgramHeader& header) {
  encode_fields(out, header);
}

void decode_header(WireReader& in, ProgramHeader& header) {
  while (!in.at_end()) {
    const auto tag = in.tag();
    if (!decode_known(in, tag, header)) in.skip(tag.type);
  }
}

void encode_instruction(WireWriter& out, const Instruction& instruction, std::uint32_t& line) {
  WireWriter fields;
  std::visit([&](const auto& op) { encode_fields(fields, op); }, instruction.operation);
  if (instruction.queue != kNoQueue) encode_field(fields, kQueue, instruction.queue);
  for (const Wait& wait : instruction.waits) encode_field(fields, kWait, wait);
  for (const Signal& signal : instruction.signals) encode_field(fields, kSignal, signal);
  if (instruction.line) {
    fields.tag(kLine, WireType::varint);
    fields.zigzag(static_cast<std::int64_t>(instruction.line) - line);
    line = instruction.line;
  }
  out.varint(instruction.operation.index());
  out.block(fields.bytes());
}

void decode_instruction(WireReader& in, Instruction& out, std::uint32_t& line) {
  const std::uint64_t opcode = in.bounded(std::variant_size_v<Operation> - 1, "an opcode");
  reset(out.operation, opcode);
  out.queue = kNoQueue;
  out.waits.clear();
  out.signals.clear();
  out.line = 0;
  WireReader fields = in.nested();
  while (!fields.at_end()) {
    const auto tag = fields.tag();
    const bool known =
        std::visit([&](auto& op) { return decode_known(fields, tag, op); }, out.operation);
    if (!known) decode_attribute(fields, tag, out, line);
  }
}

}  // namespace npulse::isa::binary
