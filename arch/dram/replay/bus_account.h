// SPDX-License-Identifier: Apache-2.0
// Says of every tick of a pseudo-channel's data bus what it went into, from the command stream.
//
// The bus is empty from the end of one burst's data to the beginning of the next one's. Seen from
// the next column command that gap begins when the command would have had to go for its data to
// follow at once, and ends when it went. It is cut into:
//   1. Before its request arrived: starvation.
//   2. From then to the end of the timing rule that held the command back longest: the kind of that
//      rule (TimeUse).
//   3. From there to the command: bus, because no timing rule explains it.
// Where that rule is tRCD, an earlier activate would have hidden it. Then the time by which the
// activate came too late is cut in the same way: the kind of the rule that held the activate back
// longest, behind its end bus. What is left of tRCD, because the request arrived too late to hide
// it, is row_opening. Behind the last data of a pseudo-channel there is starvation.
#pragma once

#include <vector>

#include "arch/dram/replay/held_by.h"
#include "arch/dram/request.h"

namespace npulse::dram {

class BusAccount {
 public:
  explicit BusAccount(const ResolvedPart& part);

  void command(const CommandRecord& record);
  Cycles data_end() const { return data_end_; }
  /// All ticks before `end`, which is not before data_end().
  TimeUses until(Cycles end) const;

 private:
  void note_activate(const CommandRecord& record);
  void account(const CommandRecord& column);
  /// Data from `begin` on, behind a gap that is accounted for.
  void account_data(Cycles begin, Cycles gap);
  /// The gap from `begin` to when the row let the column command go.
  void account_row(const CommandRecord& column, Cycles begin, Cycles end);

  struct Activate {
    Cycles at{};
    Hold hold;
  };

  const ResolvedPart& part_;
  HeldBy held_by_;
  std::vector<Activate> activates_;  ///< The last of each bank.
  Hold first_hold_;                  ///< Of the last ACT-1.
  Cycles data_end_{0};
  TimeUses uses_;
};

/// The buses of a channel's pseudo-channels; passes the commands on to `next`, if there is one.
class ChannelAccount : public CommandObserver {
 public:
  explicit ChannelAccount(const ResolvedPart& part, CommandObserver* next = nullptr);

  void command(const CommandRecord& record) override;
  Cycles data_end() const;
  TimeUses until(Cycles end) const;

 private:
  std::vector<BusAccount> buses_;
  CommandObserver* next_;
};

}  // namespace npulse::dram
