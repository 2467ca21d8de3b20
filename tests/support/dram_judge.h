// SPDX-License-Identifier: Apache-2.0
// Checks a channel's command trace against the standard, from the part's raw figures. It shares no
// rule, no rounding and no derived sum with the engines.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "arch/dram/controller_params.h"
#include "arch/dram/params.h"
#include "arch/dram/request.h"

namespace npulse::testing {

class DramJudge : public dram::CommandObserver {
 public:
  /// `controller` says which refreshes are wanted.
  explicit DramJudge(const dram::PartParams& part, const dram::ControllerParams& controller = {});

  void command(const dram::CommandRecord& record) override;
  /// Call at the end: refreshes that are missing by then are faults too.
  void finish(Cycles end);

  /// The first few faults, in words, and how many there are in all.
  const std::vector<std::string>& faults() const { return faults_; }
  std::int64_t fault_count() const { return fault_count_; }
  std::int64_t commands() const { return commands_; }

 private:
  struct PastCommand {
    dram::CommandRecord record;
    int group, rank;
  };
  struct Bank {
    std::optional<std::uint32_t> open_row;
    std::int64_t ready = 0;  ///< End of an auto-precharge.
  };
  struct Span {
    std::int64_t begin, end;
  };
  /// What sets a standard apart, in this checker's own words.
  struct Standard {
    std::int64_t bits_per_clock, ticks_per_clock;
    bool two_buses, two_activates;
  };
  static Standard standard_of(dram::Family family);
  struct Lane {  ///< A pseudo-channel.
    std::map<int, Bank> banks;
    std::deque<PastCommand> past;  ///< But for refreshes.
    std::optional<PastCommand> refreshed;
    std::deque<std::int64_t> activates;
    std::optional<dram::CommandRecord> half, sync;
    std::deque<Span> data;  ///< Of the last few bursts, in pieces.
    std::int64_t refreshes = 0;
    std::set<std::int64_t> round;  ///< Sets of banks refreshed in this round.
    std::int64_t last = 0;
  };

  PastCommand placed(const dram::CommandRecord& record) const;
  std::int64_t clocks(const std::optional<dram::TimingValue>& value) const;
  /// The least distance between two commands of a pseudo-channel in CK; 0: no rule.
  std::int64_t least(const PastCommand& before, const PastCommand& after) const;
  /// Auto-precharge and masks leave a column's rules as they are.
  static PastCommand plain(PastCommand command);
  /// What holds besides between commands that only some controllers send.
  std::int64_t least_by_policy(const PastCommand& before, const PastCommand& after) const;
  std::int64_t least_of_set_refresh(const PastCommand& before, const PastCommand& after) const;
  std::int64_t least_to_row(const PastCommand& before, const PastCommand& after) const;
  std::int64_t least_to_column(const PastCommand& before, const PastCommand& after) const;
  std::int64_t write_latency() const;
  /// Ticks that the command takes on its bus, and from its first to the one that counts.
  std::int64_t length(dram::Command command) const;
  std::int64_t lead(dram::Command command) const;
  void check_spacing(Lane& lane, const PastCommand& now);
  void check_state(Lane& lane, const dram::CommandRecord& now);
  void check_activate(Lane& lane, const dram::CommandRecord& now);
  void auto_precharge(Lane& lane, const dram::CommandRecord& now);
  /// The auto-precharges of the bank, or of all banks, are over.
  void check_closed(Lane& lane, const dram::CommandRecord& now);
  void count_activate(Lane& lane, const dram::CommandRecord& now);
  void check_column(Lane& lane, const dram::CommandRecord& now);
  void check_refresh(Lane& lane, const dram::CommandRecord& now);
  void check_data(Lane& lane, const dram::CommandRecord& now);
  void check_bus(const dram::CommandRecord& now);
  void fault(const dram::CommandRecord& now, const std::string& what);

  bool is(dram::Family family) const { return part_.family == family; }
  /// Sets of banks that refreshes go round, and ticks between two of them.
  std::int64_t sets() const;
  bool same_set(const dram::CommandRecord& a, const dram::CommandRecord& b) const;
  std::int64_t interval() const;
  std::int64_t interval(const std::optional<dram::TimingValue>& value) const;
  std::int64_t slack() const;

  dram::PartParams part_;
  dram::ControllerParams controller_;
  Standard standard_;
  std::int64_t ticks_;  ///< Of a CK.
  std::int64_t burst_ck_;
  std::int64_t longest_ck_;  ///< No spacing rule but a refresh's reaches further back.
  std::vector<Lane> lanes_;
  std::map<int, std::int64_t> bus_free_;
  std::vector<std::string> faults_;
  std::int64_t fault_count_ = 0, commands_ = 0;
};

}  // namespace npulse::testing
