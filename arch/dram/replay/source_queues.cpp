// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/source_queues.h"

namespace npulse::dram {

void SourceQueues::pop(std::size_t source) {
  queues_[source].pop_front();
  --waiting_;
  fill();
}

void SourceQueues::fill() {
  ReplayRequest request;
  while (!ended_ && waiting_ < kReadAhead) {
    ended_ = !stream_.next(request);
    if (ended_) return;
    queue_of(request.source).push_back(request);
    ++waiting_;
  }
}

std::deque<ReplayRequest>& SourceQueues::queue_of(std::uint32_t source) {
  if (source >= number_.size()) number_.resize(source + 1);
  if (number_[source] == 0) {
    queues_.emplace_back();
    number_[source] = queues_.size();
  }
  return queues_[number_[source] - 1];
}

}  // namespace npulse::dram
