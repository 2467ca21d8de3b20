// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/issue_queue.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::arch {

const Entry& IssueQueue::issue(Cycles now) {
  executing_.push_back(std::move(waiting_.front()));
  waiting_.pop_front();
  Entry& entry = executing_.back();
  entry.issued = now;
  unit_.start(entry.ticket, entry.instruction);
  return entry;
}

Entry IssueQueue::retire(Ticket ticket) {
  const auto found = std::find_if(executing_.begin(), executing_.end(),
                                  [&](const Entry& entry) { return entry.ticket == ticket; });
  ensure(found != executing_.end(), "a unit completed an instruction that it does not execute");
  Entry entry = std::move(*found);
  executing_.erase(found);
  return entry;
}

QueueState IssueQueue::state(const std::optional<Blocker>& blocked) const {
  if (!executing_.empty()) return QueueState::busy;
  if (waiting_.empty()) return QueueState::idle;
  return blocked ? QueueState::wait_data : QueueState::wait_resource;
}

void IssueQueue::account(Cycles now, const std::optional<Blocker>& blocked,
                         const std::string& blame) {
  account_.enter(state(blocked), now, blame);
  blocked_on_ = blocked;
}

}  // namespace npulse::arch
