// SPDX-License-Identifier: Apache-2.0
// What transactions must move: bytes asked for, bursts that hold them, and bursts read for merging.
#pragma once

#include <string>

#include "arch/dram/splitter.h"

namespace npulse::testing {

struct ExpectedBytes {
  std::int64_t read = 0, written = 0;  ///< Bytes.
  std::int64_t read_bursts = 0, write_bursts = 0, merges = 0;

  void add(const dram::Transaction& t, const dram::PartParams& part) {
    const std::int64_t burst = part.organisation.burst_bytes();
    const auto begin = static_cast<std::int64_t>(t.address), end = begin + t.bytes.count();
    const std::int64_t bursts = (end - 1) / burst - begin / burst + 1;
    (t.write ? written : read) += t.bytes.count();
    (t.write ? write_bursts : read_bursts) += bursts;
    if (!t.write || part.partial_write != dram::PartialWrite::merge) return;
    const bool ragged_begin = begin % burst != 0, ragged_end = end % burst != 0;
    merges += bursts == 1 ? (ragged_begin || ragged_end) : ragged_begin + ragged_end;
  }

  /// What a memory moved otherwise; empty when nothing.
  std::string difference(const dram::TrafficCounts& traffic, const dram::ChannelCounts& counts,
                         const dram::PartParams& part) const {
    const std::int64_t burst = part.organisation.burst_bytes();
    const std::int64_t asked = read + written + traffic.padding_bytes + merges * burst;
    if (traffic.bytes_read != read) return "bytes read";
    if (traffic.bytes_written != written) return "bytes written";
    if (traffic.merge_bursts != merges) return "bursts read for merging";
    if (counts.reads() != read_bursts + merges) return "bursts read";
    if (counts.writes() != write_bursts) return "bursts written";
    if (counts.bursts() * burst != asked) return "bytes of bursts and padding";
    return {};
  }
};

}  // namespace npulse::testing
