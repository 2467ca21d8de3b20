// SPDX-License-Identifier: Apache-2.0
#include "arch/ports/activity.h"

#include <numeric>

#include "sim/core/error.h"

namespace npulse::arch {

Activity& Activity::operator+=(const Activity& other) {
  for (std::size_t i = 0; i < kDataTypes; ++i) macs[i] += other.macs[i];
  vector_ops += other.vector_ops;
  transcendental_ops += other.transcendental_ops;
  spm_read_bytes += other.spm_read_bytes;
  spm_write_bytes += other.spm_write_bytes;
  acc_read_bytes += other.acc_read_bytes;
  acc_write_bytes += other.acc_write_bytes;
  shared_read_bytes += other.shared_read_bytes;
  shared_write_bytes += other.shared_write_bytes;
  noc_bytes += other.noc_bytes;
  dram_read_bytes += other.dram_read_bytes;
  dram_write_bytes += other.dram_write_bytes;
  expanded_bytes += other.expanded_bytes;
  return *this;
}

std::int64_t Activity::total_macs() const {
  return std::accumulate(macs.begin(), macs.end(), std::int64_t{0});
}

void Activity::count_access(isa::Space space, bool write, std::int64_t bytes) {
  switch (space) {
    case isa::Space::spm: (write ? spm_write_bytes : spm_read_bytes) += bytes; return;
    case isa::Space::acc: (write ? acc_write_bytes : acc_read_bytes) += bytes; return;
    case isa::Space::shared: (write ? shared_write_bytes : shared_read_bytes) += bytes; return;
    case isa::Space::dram: break;
  }
  throw InternalError{"internal error: a unit made an on-chip access to dram"};
}

}  // namespace npulse::arch
