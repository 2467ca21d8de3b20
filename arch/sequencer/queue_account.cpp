// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/queue_account.h"

#include <algorithm>

namespace npulse::arch {

void QueueAccount::enter(QueueState state, Cycles now, const std::string& who) {
  const Cycles elapsed = now - since_;
  total_of(state_) += elapsed;
  if (state_ == QueueState::wait_data || state_ == QueueState::wait_resource) {
    blame(state_, who, elapsed);
  }
  state_ = state;
  since_ = now;
}

void QueueAccount::stalled(Cycles now, Cycles stalled, const char* resource) {
  enter(state_, now);
  stalled = std::min(stalled, total(QueueState::busy));
  total_of(QueueState::busy) -= stalled;
  total_of(QueueState::wait_resource) += stalled;
  blame(QueueState::wait_resource, resource, stalled);
}

void QueueAccount::blame(QueueState state, const std::string& who, Cycles cycles) {
  if (cycles > Cycles{0}) blamed_[static_cast<std::size_t>(state)][who] += cycles;
}

}  // namespace npulse::arch
