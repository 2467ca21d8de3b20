// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/values.h"

#include <fmt/format.h>

namespace npulse::isa::binary {
namespace {

void encode_steps(WireWriter& out, const LoopSteps& steps) {
  std::size_t used = steps.size();
  while (used > 0 && steps[used - 1] == LoopStep{}) --used;
  for (std::size_t i = 0; i < used; ++i) {
    out.zigzag(steps[i].stride);
    out.varint(steps[i].modulo);
  }
}

/// Steps are the last of their block: they go on to its end.
void decode_steps(WireReader& in, LoopSteps& steps) {
  for (std::size_t level = 0; !in.at_end(); ++level) {
    if (level == steps.size()) in.fail(fmt::format("steps for over {} loops", kMaxLoopDepth));
    steps[level].stride = in.zigzag();
    decode(in, steps[level].modulo);
  }
}

}  // namespace

void encode(WireWriter& out, const Extents& value) {
  WireWriter inner;
  for (const std::int64_t extent : value) inner.zigzag(extent);
  out.block(inner.bytes());
}

void decode(WireReader& in, Extents& value) {
  value = {};
  for (WireReader inner = in.nested(); !inner.at_end();) {
    if (value.size() == kMaxRank) inner.fail(fmt::format("over {} dimensions", kMaxRank));
    value.push_back(inner.zigzag());
  }
}

void encode(WireWriter& out, const Operand& value) {
  WireWriter inner;
  encode(inner, value.space);
  inner.varint(value.core ? *value.core + 1u : 0u);
  inner.varint(value.address);
  encode_steps(inner, value.steps);
  out.block(inner.bytes());
}

void decode(WireReader& in, Operand& value) {
  value = {};
  WireReader inner = in.nested();
  decode(inner, value.space);
  const auto core = inner.bounded(std::uint64_t{1} << 16, "a core");
  if (core) value.core = static_cast<std::uint16_t>(core - 1);
  value.address = inner.varint();
  decode_steps(inner, value.steps);
}

void encode(WireWriter& out, const Wait& value) {
  WireWriter inner;
  inner.varint(value.event);
  inner.zigzag(value.count);
  encode_steps(inner, value.steps);
  out.block(inner.bytes());
}

void decode(WireReader& in, Wait& value) {
  WireReader inner = in.nested();
  decode(inner, value.event);
  value.count = inner.zigzag();
  decode_steps(inner, value.steps);
}

void encode(WireWriter& out, const Signal& value) {
  WireWriter inner;
  inner.varint(value.event);
  inner.zigzag(value.amount);
  out.block(inner.bytes());
}

void decode(WireReader& in, Signal& value) {
  WireReader inner = in.nested();
  decode(inner, value.event);
  value.amount = inner.zigzag();
}

void encode(WireWriter& out, const QueueDecl& value) {
  WireWriter inner;
  inner.block(value.name);
  encode(inner, value.kind);
  out.block(inner.bytes());
}

void decode(WireReader& in, QueueDecl& value) {
  WireReader inner = in.nested();
  decode(inner, value.name);
  decode(inner, value.kind);
}

void encode(WireWriter& out, const EventDecl& value) {
  WireWriter inner;
  inner.block(value.name);
  encode(inner, value.scope);
  out.block(inner.bytes());
}

void decode(WireReader& in, EventDecl& value) {
  WireReader inner = in.nested();
  decode(inner, value.name);
  decode(inner, value.scope);
}

void encode(WireWriter& out, const std::pair<const std::string, std::string>& value) {
  WireWriter inner;
  inner.block(value.first);
  inner.block(value.second);
  out.block(inner.bytes());
}

void decode(WireReader& in, std::pair<std::string, std::string>& value) {
  WireReader inner = in.nested();
  decode(inner, value.first);
  decode(inner, value.second);
}

}  // namespace npulse::isa::binary
