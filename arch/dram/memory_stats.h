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
  Formula per_bank_refreshes{*this, "per_bank_refreshes", Unit::count,
                             "Refreshes of a set of banks.",
                             [this] { return commands(Command::refpb); }};
  Formula active_standby{*this, "active_standby_ticks", Unit::cycles,
                         "Ticks of the part's clock with rows open, over all pseudo-channels.",
                         [this] { return ticks(PowerState::active_standby); }};
  Formula precharge_standby{*this, "precharge_standby_ticks", Unit::cycles,
                            "Ticks without an open row.",
                            [this] { return ticks(PowerState::precharge_standby); }};
  Formula active_power_down{*this, "active_power_down_ticks", Unit::cycles,
                            "Ticks in power-down with rows open.",
                            [this] { return ticks(PowerState::active_power_down); }};
  Formula precharge_power_down{*this, "precharge_power_down_ticks", Unit::cycles,
                               "Ticks in power-down without an open row.",
                               [this] { return ticks(PowerState::precharge_power_down); }};
  Formula self_refresh{*this, "self_refresh_ticks", Unit::cycles, "Ticks in self-refresh.",
                       [this] { return ticks(PowerState::self_refresh); }};
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
  double ticks(PowerState state) const {
    return static_cast<double>(memory_.total_counts().state_ticks[index(state)]);
  }
  double commands(Command command) const {
    return static_cast<double>(memory_.total_counts().of(command));
  }
  const Memory& memory_;
};

}  // namespace npulse::dram
