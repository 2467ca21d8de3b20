// SPDX-License-Identifier: Apache-2.0
// Scheduler of one pseudo-channel: which command goes next, and what it changes.
#pragma once

#include <limits>

#include "arch/dram/channel.h"
#include "arch/dram/command_buses.h"
#include "arch/dram/device.h"
#include "arch/dram/inbox.h"
#include "arch/dram/refresh_timer.h"
#include "arch/dram/request_window.h"
#include "arch/dram/write_drain.h"

namespace npulse::dram {

/// Later than everything.
constexpr Cycles kNever{std::numeric_limits<std::int64_t>::max()};

/// A command that may go at `at`. The earliest goes first, then by urgency, then the oldest.
struct Proposal {
  enum Urgency : std::uint8_t { overdue, column, second_activate, row };

  Cycles at = kNever;
  Urgency urgency = row;
  Command command{};
  std::uint8_t bank = 0;
  bool sync = false;  ///< `cas` goes at `at`, the command itself one CK later.
  std::uint64_t age = 0;

  bool before(const Proposal& other) const {
    if (at != other.at) return at < other.at;
    return urgency != other.urgency ? urgency < other.urgency : age < other.age;
  }
};

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

 private:
  void admit(Cycles now, CompletionSink& sink);
  void propose(Cycles now);
  void propose_refresh(Cycles now);
  void propose_columns(Cycles now);
  void propose_second_activate(Cycles now);
  void propose_activates(Cycles now, BankMask banks);
  void propose_precharges(Cycles now, BankMask banks);
  void consider(Proposal candidate);
  /// Completes `candidate` with the bank of those in `banks` that can take its command first, the
  /// one with the oldest request if several can; `earliest` and `age` are functions of the bank.
  template <class Earliest, class Age>
  static void choose_bank(Proposal& candidate, BankMask banks, Earliest&& earliest, Age&& age);

  void issue_column(CompletionSink& sink);
  void issue_activate(Cycles at, std::size_t bank, std::uint32_t row);
  void close(BankMask banks);
  void send(Command command, Cycles at, std::uint8_t bank, std::uint32_t row, std::uint16_t column,
            Cycles arrival = {});
  Cycles latency(Command command) const { return command == Command::rd ? part_.rl : part_.wl; }

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
  std::uint8_t number_;
  Device device_;
  Inbox inbox_;
  RequestWindow window_;
  WriteDrain drain_;
  RefreshTimer refresh_;
  bool refreshing_ = false;
  bool blocked_ = false;  ///< The head of the inbox has arrived but cannot be taken in.
  bool stale_ = true;     ///< proposal_ must be made anew.
  Proposal proposal_;
  BankMask open_ = 0;
  BankMask conflicted_ = 0;  ///< Closed for the sake of another row.
  BankMask fresh_ = 0;       ///< Opened, and not accessed yet.
  std::optional<HalfActivate> half_;
  Cycles synced_until_{0};  ///< Data that begin by then need no `cas`.
};

}  // namespace npulse::dram
