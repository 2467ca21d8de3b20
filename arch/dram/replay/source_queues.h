// SPDX-License-Identifier: Apache-2.0
// The next requests of every source of a stream, read ahead in bounded memory.
#pragma once

#include <deque>
#include <vector>

#include "arch/dram/splitter.h"

namespace npulse::dram {

struct ReplayRequest {
  std::uint32_t source = 0;
  Transaction transaction;
  Picoseconds at{};  ///< When it is due, in a timed replay.
};

class RequestStream {
 public:
  virtual ~RequestStream() = default;
  /// False at the end.
  virtual bool next(ReplayRequest& request) = 0;
};

/// Sources are numbered anew in order of their first request.
class SourceQueues {
 public:
  explicit SourceQueues(RequestStream& stream) : stream_{stream} { fill(); }

  std::size_t size() const { return queues_.size(); }
  bool empty() const { return waiting_ == 0; }
  bool empty(std::size_t source) const { return queues_[source].empty(); }
  const ReplayRequest& front(std::size_t source) const { return queues_[source].front(); }
  /// Takes the front away and reads on.
  void pop(std::size_t source);

 private:
  /// A source whose requests lie further behind than this waits for the others.
  static constexpr std::size_t kReadAhead = 4096;

  void fill();
  std::deque<ReplayRequest>& queue_of(std::uint32_t source);

  RequestStream& stream_;
  std::vector<std::deque<ReplayRequest>> queues_;
  std::vector<std::size_t> number_;  ///< By the stream's own number, one more than here; 0: unseen.
  std::size_t waiting_ = 0;
  bool ended_ = false;
};

}  // namespace npulse::dram
