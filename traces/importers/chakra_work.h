// SPDX-License-Identifier: Apache-2.0
// What a node of a Chakra trace is as an instruction.
#pragma once

#include <array>
#include <optional>

#include "isa/instruction.h"
#include "traces/importers/chakra_trace.h"

namespace npulse::importers::chakra {

/// Queues that the shipped chips have; events have their names.
enum Queue : std::uint16_t { ld, st, mx, vec };
constexpr std::size_t kQueues = 4;
constexpr std::array<const char*, kQueues> kNames{"ld", "st", "mx", "vec"};

struct Work {
  Queue queue;
  isa::Operation operation;
};

/// What is left out or has no cost, counted.
struct Tally {
  std::int64_t metadata = 0, unknown = 0, missing = 0, free = 0, no_counterpart = 0, recorded = 0;

  void warn(const std::string& name, std::vector<Diagnostic>& warnings) const;
};

/// Of all ranks: groups and places in memory are theirs together.
class Translator {
 public:
  /// Nothing for nodes that are left out.
  std::optional<Work> work_of(const Node& node);
  Tally& tally() { return tally_; }

 private:
  isa::Opaque lasting(const Node& node);
  Work recorded(const Node& node);
  Work move(const Node& node, Queue queue);
  Work send(const Node& node);
  Work receive(const Node& node);
  Work collective(const Node& node);
  isa::Operand memory(std::int64_t bytes);

  Tally tally_;
  std::map<std::string, std::uint32_t> groups_;
  Address next_free_ = 0;
};

}  // namespace npulse::importers::chakra
