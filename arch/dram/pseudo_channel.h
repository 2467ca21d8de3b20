// SPDX-License-Identifier: Apache-2.0
// Scheduler of one pseudo-channel: which command goes next, and what it changes.
#pragma once

#include "arch/dram/channel.h"
#include "arch/dram/command_buses.h"
#include "arch/dram/device.h"
#include "arch/dram/held_requests.h"
#include "arch/dram/inbox.h"
#include "arch/dram/power_manager.h"
#include "arch/dram/proposal.h"
#include "arch/dram/refresh_scheduler.h"
#include "arch/dram/request_order.h"
#include "arch/dram/request_window.h"
#include "arch/dram/write_drain.h"

namespace npulse::dram {

/// What the pseudo-channels of a channel share.
struct ChannelShared {
  CommandBuses buses;
  ChannelCounts counts{};
  std::int64_t backlog = 0;  ///< Bursts in the inboxes.
  CommandObserver* observer = nullptr;
};

class PseudoChannel {
 public:
  PseudoChannel(const ResolvedPart& part, const ControllerParams& controller, std::uint8_t number,
                ChannelShared& shared);

  void push(const Request& request);
  bool idle() const { return inbox_.empty() && window_.empty(); }

  /// When update() is due although no command was issued.
  Cycles wake_at() const;
  /// Takes in what has arrived by `now` and decides on refresh and direction.
  void update(Cycles now, CompletionSink& sink);
  /// The next command, not before `now`; valid until update() or issue().
  const Proposal& proposal(Cycles now);
  /// Issues the current proposal.
  void issue(CompletionSink& sink);
  /// Counts the time in power states until `until`.
  void account(Cycles until) { power_.account(until, shared_.counts); }

 private:
  void admit(Cycles now, CompletionSink& sink);
  void choose_direction();
  void propose(Cycles now);
  /// When the refresh may go; kNever while banks are to be closed for it.
  Cycles propose_refresh(Cycles now);
  void propose_columns(Cycles now, BankMask hits);
  void propose_second_activate(Cycles now);
  /// None that would delay a refresh at `refresh_at`.
  void propose_activates(Cycles now, BankMask banks, Cycles refresh_at);
  void propose_precharges(Cycles now, BankMask banks);
  /// Entry to power-down or self-refresh, when nothing waits.
  void propose_sleep(Cycles now);
  /// The way out of them.
  void propose_exit(Cycles now);
  void consider(Proposal candidate);
  /// Completes `candidate` with the bank of those in `banks` that can take its command first, the
  /// one with the oldest request if several can; `earliest` and `age` are functions of the bank.
  template <class Earliest, class Age>
  static void choose_bank(Proposal& candidate, BankMask banks, Earliest&& earliest, Age&& age);

  /// The first tick from `at` on at which neither buses nor gaps keep `command` out.
  Cycles slot(Command command, Cycles at) const;
  void issue_column(CompletionSink& sink);
  void issue_activate(Cycles at, std::size_t bank, std::uint32_t row);
  void close(BankMask banks, Cycles at);
  void send(Command command, Cycles at, std::uint8_t bank, std::uint32_t row, std::uint16_t column);
  /// What serves the bank's hit.
  Command column_command(Direction direction, std::size_t bank) const {
    if (direction == Direction::read) return Command::rd;
    return masked_writes_ && window_.hit(direction, bank).masked() ? Command::mwr : Command::wr;
  }
  /// Whether the bank's row was hit, once for every burst.
  void count_row(std::size_t bank);
  /// Whether the column that was just served closes its row.
  bool closes_behind(std::size_t bank) const;
  Cycles latency(Command command) const { return is_read(command) ? part_.rl : part_.wl; }

  /// An ACT-1 whose ACT-2 is outstanding.
  struct HalfActivate {
    std::uint8_t bank;
    std::uint32_t row;
    Cycles deadline;
  };

  const ResolvedPart& part_;
  ChannelShared& shared_;
  std::int64_t queue_bursts_;
  bool posted_writes_;
  bool masked_writes_;  ///< A masked write is a command of its own.
  std::uint8_t number_;
  Device device_;
  Inbox inbox_;
  RequestWindow window_;
  HeldRequests held_;
  WriteDrain drain_;
  RequestOrder order_;
  PagePolicy page_policy_;
  RefreshScheduler refresh_;
  PowerManager power_;
  Cycles refresh_guard_;  ///< An activate keeps this distance from a refresh to come.
  bool blocked_ = false;  ///< The head of the inbox has arrived but its queue is full.
  bool stale_ = true;     ///< proposal_ must be made anew.
  Proposal proposal_;
  BankMask open_ = 0;
  BankMask conflicted_ = 0;  ///< Closed for the sake of another row.
  BankMask fresh_ = 0;       ///< Opened, and not accessed yet.
  std::optional<HalfActivate> half_;
  Cycles data_end_{0};      ///< Of the last burst.
  Cycles synced_until_{0};  ///< Data that begin by then need no `cas`.
};

}  // namespace npulse::dram
