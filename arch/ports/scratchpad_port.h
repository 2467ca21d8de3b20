// SPDX-License-Identifier: Apache-2.0
// Where units meet a core's scratchpad or accumulator memory: reservations of bandwidth over time.
#pragma once

#include <cstdint>

#include "isa/types.h"
#include "sim/core/units.h"

namespace npulse::arch {

enum class Requester : std::uint8_t { dma, matrix, vector, remote };

/// A stream of accesses by one operand of one instruction, spread evenly over `nominal` cycles.
struct AccessStream {
  isa::Space space = isa::Space::spm;
  Requester requester = Requester::dma;
  Address address = 0;
  std::int64_t bytes = 0;         ///< Total bytes touched.
  std::int64_t run_bytes = 0;     ///< Contiguous bytes a run; 0: all.
  std::int64_t stride_bytes = 0;  ///< From run to run: decides bank conflicts.
  bool write = false;
};

class ScratchpadPort {
 public:
  virtual ~ScratchpadPort() = default;
  /// Reserves room for `stream`, which wants to run from `start` over `nominal` cycles. Returns the
  /// cycle at which it ends: start + nominal, or later when banks conflict or others hold them.
  virtual Cycles reserve(Cycles start, Cycles nominal, const AccessStream& stream) = 0;
};

}  // namespace npulse::arch
