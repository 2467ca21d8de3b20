// SPDX-License-Identifier: Apache-2.0
// A core's sequencer: dispatches in program order, issues when waits and hazards allow, accounts.
#pragma once

#include <optional>

#include "arch/sequencer/dispatcher.h"
#include "arch/sequencer/issue_queue.h"
#include "arch/sequencer/params.h"
#include "arch/sequencer/scoreboard.h"

namespace npulse::arch {

/// What the sequencers of a run share.
struct SharedState {
  EventBoard events;
  Barrier barrier;
  RegionTable regions;
};

/// Plain class: every method takes the current cycle, which never goes back.
class Sequencer {
 public:
  Sequencer(const SequencerParams& params, std::uint16_t core, const isa::Program& program,
            const std::vector<Unit*>& units, SharedState& shared, RunObserver& observer);

  /// Does all that is due; true when something moved that other cores may wait for.
  bool step(Cycles now);
  void completed(Cycles now, std::uint16_t queue, Ticket ticket, const Outcome& outcome);

  std::optional<Cycles> wake_at() const;
  bool idle() const;
  std::string describe_state() const;

  const std::vector<IssueQueue>& queues() const { return queues_; }
  void close_accounts(Cycles total);

 private:
  struct PendingSignal {
    Cycles visible;
    isa::Signal signal;
    Signaller by;
  };
  struct Flags {
    bool progress = false;
    bool others = false;  ///< Something that other cores can see has changed.
  };

  Flags apply_signals(Cycles now);
  Flags dispatch(Cycles now);
  bool dispatch_to_queue(Cycles now);
  Flags meet_barrier(const isa::Bar& bar);
  bool issue_heads(Cycles now);
  void account_all(Cycles now);
  bool drained() const;
  bool can_dispatch() const;
  bool has_room(const IssueQueue& queue) const;
  std::optional<Blocker> blocker(const Entry& entry) const;
  std::string blame(const IssueQueue& queue) const;
  std::string name_of(QueueRef queue) const;
  std::string describe(const Blocker& blocker) const;

  SequencerParams params_;
  std::uint16_t core_;
  SharedState& shared_;
  RunObserver& observer_;
  Dispatcher dispatcher_;
  std::vector<IssueQueue> queues_;
  std::optional<Scoreboard> scoreboard_;  ///< In sync=hazard only.
  std::vector<PendingSignal> signals_;    ///< In order of `visible`.
  std::optional<std::uint64_t> barrier_generation_;
  Cycles dispatch_free_{};
  Ticket next_ticket_ = 1;
};

}  // namespace npulse::arch
