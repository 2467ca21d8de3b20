// SPDX-License-Identifier: Apache-2.0
// Parameters of one DMA engine (every dma queue of a core drives its own).
#pragma once

#include <string>
#include <vector>

#include "isa/instruction.h"
#include "sim/core/params.h"

namespace npulse::arch {

struct DmaParams {
  std::int64_t bytes_per_cycle = 64;
  Cycles start_cycles{64};
  std::int64_t descriptors = 2;
  std::int64_t outstanding = 64;
  Bytes max_transaction{4096};
  std::vector<isa::CodecFormat> codecs;
  std::int64_t decompress_bytes_per_cycle = 64;
  Cycles decompress_latency{20};
  Cycles cfg_cycles{1};

  template <class V>
  static void describe(V& field) {
    field("bytes_per_cycle", &DmaParams::bytes_per_cycle, "B/cycle", "Data rate of the engine.",
          between(1, 65536));
    field("start_cycles", &DmaParams::start_cycles, "cycles",
          "From issue of a descriptor to its first transaction; hidden behind the one before when "
          "descriptors > 1.",
          between(0, 1e6));
    field("descriptors", &DmaParams::descriptors, "count",
          "Instructions that the engine holds at a time.", between(1, 64));
    field("outstanding", &DmaParams::outstanding, "count",
          "Transactions that may wait for their answer at a time.", between(1, 65536));
    field("max_transaction", &DmaParams::max_transaction, "B",
          "Longest transaction; longer runs are cut at multiples of it.", between(32, 65536));
    field("codecs", &DmaParams::codecs, "", "Coded formats that the engine expands in line.");
    field("decompress_bytes_per_cycle", &DmaParams::decompress_bytes_per_cycle, "B/cycle",
          "Expanded bytes that the decompressor puts out.", between(1, 65536));
    field("decompress_latency", &DmaParams::decompress_latency, "cycles",
          "Depth of the decompressor's pipeline.", between(0, 1e6));
    field("cfg_cycles", &DmaParams::cfg_cycles, "cycles", "Cost of a cfg instruction.",
          between(0, 1e6));
  }
};

}  // namespace npulse::arch
