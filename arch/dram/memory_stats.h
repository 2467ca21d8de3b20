// SPDX-License-Identifier: Apache-2.0
// Statistics of the whole memory, read from its channels when asked for.
#pragma once

#include "arch/dram/memory.h"
#include "sim/core/stats.h"

namespace npulse::dram {

struct MemoryStats : StatGroup {
  explicit MemoryStats(const Memory& memory) : memory_{memory} {}

  Formula bytes_read{*this, "bytes_read", Unit::bytes, "Bytes asked for by reads.",
                     [this] { return traffic(&TrafficCounts::bytes_read); }};
  Formula bytes_written{*this, "bytes_written", Unit::bytes, "Bytes asked for by writes.",
                        [this] { return traffic(&TrafficCounts::bytes_written); }};
  Formula padding_bytes{*this, "padding_bytes", Unit::bytes,
                        "Bytes of bursts beyond those asked for.",
                        [this] { return traffic(&TrafficCounts::padding_bytes); }};
  Formula merge_bursts{*this, "merge_bursts", Unit::count,
                       "Bursts read because a write covered them only partly.",
                       [this] { return traffic(&TrafficCounts::merge_bursts); }};
  Formula read_bursts{*this, "read_bursts", Unit::count, "Bursts read.",
                      [this] { return static_cast<double>(memory_.total_counts().reads()); }};
  Formula write_bursts{*this, "write_bursts", Unit::count, "Bursts written.",
                       [this] { return static_cast<double>(memory_.total_counts().writes()); }};
  Formula activates{*this, "activates", Unit::count, "Rows opened.",
                    [this] { return commands(Command::act); }};
  Formula refreshes{*this, "refreshes", Unit::count, "All-bank refreshes of a pseudo-channel.",
                    [this] { return commands(Command::refab); }};
  Formula row_hits{*this, "row_hits", Unit::count, "Bursts that found their row open.",
                   [this] { return static_cast<double>(memory_.total_counts().row_hits()); }};
  Formula row_misses{*this, "row_misses", Unit::count, "Bursts that found their bank closed.",
                     [this] { return count(&ChannelCounts::row_misses); }};
  Formula row_conflicts{*this, "row_conflicts", Unit::count, "Bursts that found another row open.",
                        [this] { return count(&ChannelCounts::row_conflicts); }};

 private:
  double traffic(std::int64_t TrafficCounts::*member) const {
    return static_cast<double>(memory_.total_traffic().*member);
  }
  double count(std::int64_t ChannelCounts::*member) const {
    return static_cast<double>(memory_.total_counts().*member);
  }
  double commands(Command command) const {
    return static_cast<double>(memory_.total_counts().of(command));
  }
  const Memory& memory_;
};

}  // namespace npulse::dram
