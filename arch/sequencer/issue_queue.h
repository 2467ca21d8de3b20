// SPDX-License-Identifier: Apache-2.0
// One in-order queue of a core: what was dispatched to it and what its unit is executing.
#pragma once

#include <deque>

#include "arch/ports/unit.h"
#include "arch/sequencer/event_board.h"
#include "arch/sequencer/queue_account.h"

namespace npulse::arch {

/// A dispatched instruction and what it still waits for.
struct Entry {
  Ticket ticket = 0;
  isa::Instruction instruction;
  RegionId region = 0;
  std::vector<Ticket> depends_on;  ///< Older instructions that touch the same bytes (sync=hazard).
  Cycles issued{};
};

/// Why the head of a queue may not issue yet: an event that is too low, or an older instruction.
struct Blocker {
  std::optional<isa::Wait> event;
  std::optional<std::uint16_t> queue;  ///< Queue of this core with the older instruction.
  bool operator==(const Blocker&) const = default;
};

class IssueQueue {
 public:
  IssueQueue(isa::QueueDecl declaration, Unit& unit)
      : declaration_{std::move(declaration)}, unit_{unit} {}

  const std::string& name() const { return declaration_.name; }
  std::size_t waiting() const { return waiting_.size(); }
  bool empty() const { return waiting_.empty() && executing_.empty(); }
  void push(Entry entry) { waiting_.push_back(std::move(entry)); }

  const Entry* head() const { return waiting_.empty() ? nullptr : &waiting_.front(); }
  bool unit_can_start() const { return unit_.can_start(); }
  /// Hands the head to the unit.
  const Entry& issue(Cycles now);
  /// Removes the oldest executing instruction, which `ticket` must be.
  Entry retire(Ticket ticket);

  /// The state that the queue is in, given what blocks its head.
  QueueState state(const std::optional<Blocker>& blocked) const;
  const std::optional<Blocker>& blocked_on() const { return blocked_on_; }
  /// Enters that state at `now`; `blame` names who ended or caused the one before.
  void account(Cycles now, const std::optional<Blocker>& blocked, const std::string& blame);
  const char* busy_with() const { return unit_.busy_with(); }
  QueueAccount& account() { return account_; }
  const QueueAccount& account() const { return account_; }

 private:
  isa::QueueDecl declaration_;
  Unit& unit_;
  std::deque<Entry> waiting_;
  std::deque<Entry> executing_;
  QueueAccount account_;
  std::optional<Blocker> blocked_on_;  ///< In the state that the account is in.
};

}  // namespace npulse::arch
