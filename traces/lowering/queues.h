// SPDX-License-Identifier: Apache-2.0
// Which of a chip's queues does what in a lowered program.
#pragma once

#include "traces/lowering/target.h"

namespace npulse::lowering {

/// Roles; several may share a queue on a small chip.
enum class Role : std::uint8_t { load, activation, store, matrix, vector };
constexpr std::size_t kRoles = 5;

struct Queues {
  std::array<std::uint16_t, kRoles> index{};
  std::uint16_t operator[](Role role) const { return index[static_cast<std::size_t>(role)]; }
};

/// Weights and KV on the first dma queue, results on the last, activations on the second of three
/// or more. Throws InputError when a kind of queue is missing.
Queues assign_queues(const Target& target);

}  // namespace npulse::lowering
