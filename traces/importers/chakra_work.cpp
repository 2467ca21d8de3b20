// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/chakra_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "isa/limits.h"

namespace npulse::importers::chakra {
namespace {

constexpr std::uint64_t kCyclesPerMicro = 1000;  // 1 GHz
constexpr std::uint64_t kMaxBytes = isa::kMaxExtent;
constexpr std::uint64_t kMaxMicros = isa::kMaxExtent / kCyclesPerMicro;

std::uint64_t number_within(const Node& node, const char* attribute, std::uint64_t most) {
  const std::uint64_t value = node.number(attribute);
  if (value <= most) return value;
  throw InputError{node.where, fmt::format("node {}: {} is {}", node.id, attribute, value),
                   fmt::format("at most {} can be expressed", most)};
}

std::optional<isa::CollKind> coll_kind(std::uint64_t type) {
  switch (static_cast<CommType>(type)) {
    case CommType::all_reduce:
      return isa::CollKind::all_reduce;
    case CommType::all_gather:
      return isa::CollKind::all_gather;
    case CommType::broadcast:
      return isa::CollKind::broadcast;
    case CommType::all_to_all:
      return isa::CollKind::all_to_all;
    case CommType::reduce_scatter:
    case CommType::reduce_scatter_block:
      return isa::CollKind::reduce_scatter;
    default:
      return std::nullopt;
  }
}

/// The name, cut between two characters.
std::string note_of(const Node& node) {
  constexpr std::size_t kMost = isa::kMaxTextLength / 4;  // escapes take up to four
  std::size_t length = std::min(node.name.size(), kMost);
  while (length > 0 && length < node.name.size() && (node.name[length] & 0xc0) == 0x80) --length;
  return node.name.substr(0, length);
}

/// Communication that took its time when it was recorded takes it again.
bool is_recorded(const Node& node) {
  return node.duration_micros > 0 || node.number("comm_size") == 0;
}

std::uint16_t peer_of(const Node& node, const char* attribute) {
  return static_cast<std::uint16_t>(
      number_within(node, attribute, std::numeric_limits<std::uint16_t>::max()));
}

std::uint32_t tag_of(const Node& node) {
  return static_cast<std::uint32_t>(
      number_within(node, "comm_tag", std::numeric_limits<std::uint32_t>::max()));
}

std::int64_t bytes_of(const Node& node, const char* attribute) {
  return static_cast<std::int64_t>(number_within(node, attribute, kMaxBytes));
}

}  // namespace

std::optional<Work> Translator::work_of(const Node& node) {
  switch (node.type) {
    case NodeType::metadata:
      ++tally_.metadata;
      return std::nullopt;
    case NodeType::mem_load:
      return move(node, ld);
    case NodeType::mem_store:
      return move(node, st);
    case NodeType::comp:
      return Work{node.is_cpu_op ? vec : mx, lasting(node)};
    case NodeType::comm_send:
      return is_recorded(node) ? recorded(node) : send(node);
    case NodeType::comm_recv:
      return is_recorded(node) ? recorded(node) : receive(node);
    case NodeType::comm_coll:
      return collective(node);
    default:
      ++tally_.unknown;
      return std::nullopt;
  }
}

isa::Opaque Translator::lasting(const Node& node) {
  if (node.duration_micros > kMaxMicros) {
    throw InputError{node.where, fmt::format("node {} lasts {} us", node.id, node.duration_micros)};
  }
  if (node.duration_micros == 0) ++tally_.free;
  isa::Opaque opaque;
  opaque.cycles = static_cast<std::int64_t>(node.duration_micros * kCyclesPerMicro);
  opaque.note = note_of(node);
  return opaque;
}

Work Translator::recorded(const Node& node) {
  if (node.duration_micros > 0) ++tally_.recorded;
  return {ld, lasting(node)};
}

/// The trace has no addresses: every node has a place of its own.
isa::Operand Translator::memory(std::int64_t bytes) {
  isa::Operand operand;
  operand.space = isa::Space::dram;
  operand.address = next_free_;
  next_free_ += static_cast<Address>(round_up(bytes, std::int64_t{64}));
  return operand;
}

Work Translator::move(const Node& node, Queue queue) {
  const std::int64_t bytes = bytes_of(node, "tensor_size");
  isa::Opaque opaque;
  opaque.at = memory(bytes);
  opaque.note = note_of(node);
  (queue == ld ? opaque.bytes_read : opaque.bytes_written) = bytes;
  return {queue, opaque};
}

Work Translator::send(const Node& node) {
  const std::int64_t bytes = bytes_of(node, "comm_size");
  return {st, isa::Send{memory(bytes), peer_of(node, "comm_dst"), bytes, tag_of(node)}};
}

Work Translator::receive(const Node& node) {
  const std::int64_t bytes = bytes_of(node, "comm_size");
  return {ld, isa::Recv{memory(bytes), peer_of(node, "comm_src"), bytes, tag_of(node)}};
}

Work Translator::collective(const Node& node) {
  const auto kind = coll_kind(node.number("comm_type"));
  if (!kind || node.number("comm_size") == 0) ++tally_.no_counterpart;
  if (!kind || is_recorded(node)) return recorded(node);
  isa::Coll coll;
  coll.kind = *kind;
  coll.bytes = bytes_of(node, "comm_size");
  coll.src = coll.dst = memory(coll.bytes);
  coll.type = isa::DataType::i8;
  const auto number = static_cast<std::uint32_t>(groups_.size());
  coll.group = groups_.try_emplace(node.group, number).first->second;
  return {ld, coll};
}

void Tally::warn(const std::string& name, std::vector<Diagnostic>& warnings) const {
  const auto say = [&](std::int64_t count, const char* what) {
    if (count > 0) warnings.push_back({name, fmt::format("{} {}", count, what), {}});
  };
  say(free, "nodes have no recorded duration and take no time");
  say(recorded, "collectives, sends and receives take their recorded duration");
  say(no_counterpart, "collectives have no counterpart or no size: they are their duration only");
  say(missing, "dependencies name nodes that are not in the trace");
  say(metadata, "metadata nodes are left out, their dependencies kept");
  say(unknown, "nodes of other types (storage, batch, checkpoint) are left out");
}

}  // namespace npulse::importers::chakra
