// SPDX-License-Identifier: Apache-2.0
// What an instruction did, in countable actions: summed per unit and per region, priced by arch/energy.
#pragma once

#include <array>
#include <cstdint>

#include "isa/types.h"

namespace npulse::arch {

constexpr std::size_t kDataTypes = 8;

struct Activity {
  std::array<std::int64_t, kDataTypes> macs{};  ///< By the wider operand type (isa::DataType as index).
  std::int64_t vector_ops = 0;                  ///< Element operations on vector lanes.
  std::int64_t transcendental_ops = 0;          ///< exp, rsqrt, tanh, ... of the above kind, counted here instead.
  std::int64_t spm_read_bytes = 0, spm_write_bytes = 0;
  std::int64_t acc_read_bytes = 0, acc_write_bytes = 0;
  std::int64_t shared_read_bytes = 0, shared_write_bytes = 0;
  std::int64_t noc_bytes = 0;                   ///< Payload bytes carried over the on-chip network.
  std::int64_t dram_read_bytes = 0, dram_write_bytes = 0;  ///< Bytes asked of memory.
  std::int64_t expanded_bytes = 0;              ///< Bytes put out by a decompressor.

  Activity& operator+=(const Activity& other);
  bool operator==(const Activity&) const = default;
  std::int64_t total_macs() const;
  /// Adds bytes moved by an access to an on-chip memory.
  void count_access(isa::Space space, bool write, std::int64_t bytes);
};

}  // namespace npulse::arch
