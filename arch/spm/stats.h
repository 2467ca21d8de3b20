// SPDX-License-Identifier: Apache-2.0
// Statistics of a scratchpad or accumulator memory.
#pragma once

#include "arch/ports/scratchpad_port.h"
#include "sim/core/error.h"
#include "sim/core/stats.h"

namespace npulse::arch {

struct SpmStats : StatGroup {
  Counter streams{*this, "streams", npulse::Unit::count,
                  "Operand streams and network transactions served."};
  Counter read_bytes{*this, "read_bytes", npulse::Unit::bytes, "Bytes read."};
  Counter write_bytes{*this, "write_bytes", npulse::Unit::bytes, "Bytes written."};
  Counter bank_accesses{*this, "bank_accesses", npulse::Unit::count, "Words of one bank accessed."};
  Counter bank_conflict_cycles{*this, "bank_conflict_cycles", npulse::Unit::cycles,
                               "Cycles that streams lost to their own stride over the banks."};
  Counter bandwidth_cycles{*this, "bandwidth_cycles", npulse::Unit::cycles,
                           "Cycles that streams lost by asking for more than all banks move."};
  Counter dma_conflict_cycles{*this, "dma_conflict_cycles", npulse::Unit::cycles,
                              "Cycles that streams waited while the DMA engines held the banks."};
  Counter matrix_conflict_cycles{*this, "matrix_conflict_cycles", npulse::Unit::cycles,
                                 "Cycles that streams waited while matrix units held the banks."};
  Counter vector_conflict_cycles{*this, "vector_conflict_cycles", npulse::Unit::cycles,
                                 "Cycles that streams waited while vector units held the banks."};
  Counter remote_conflict_cycles{*this, "remote_conflict_cycles", npulse::Unit::cycles,
                                 "Cycles that streams waited while the network held the banks."};

  /// Cycles that streams waited while `requester` held the banks.
  Counter& conflict_cycles(Requester requester) {
    switch (requester) {
      case Requester::dma:
        return dma_conflict_cycles;
      case Requester::matrix:
        return matrix_conflict_cycles;
      case Requester::vector:
        return vector_conflict_cycles;
      case Requester::remote:
        return remote_conflict_cycles;
    }
    throw InternalError{"internal error: unknown requester"};
  }
};

}  // namespace npulse::arch
