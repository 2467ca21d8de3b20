// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/issue_queue.h"

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
  ensure(!executing_.empty() && executing_.front().ticket == ticket,
         "a unit completed an instruction that is not its oldest");
  Entry entry = std::move(executing_.front());
  executing_.pop_front();
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
