// SPDX-License-Identifier: Apache-2.0
// Plays a stream of requests to a memory, without a chip and without SystemC.
#pragma once

#include <functional>
#include <vector>

#include "arch/dram/memory.h"
#include "arch/dram/replay/latency_histogram.h"
#include "arch/dram/replay/source_queues.h"

namespace npulse::dram {

struct ReplayOptions {
  /// Requests are offered when they are due; otherwise every source offers its next one as soon as
  /// the one before is taken (a closed loop).
  bool timed = false;
  /// How far a memory is settled ahead of time: its controller's front-end latency.
  Picoseconds front_end{};
  /// Called every thousand steps or so with the number of requests taken.
  std::function<void(std::int64_t)> poll;
};

struct ReplayResult {
  std::int64_t requests = 0;
  std::int64_t reads = 0;
  std::int64_t sources = 0;
  Picoseconds first{};    ///< Arrival of the first request.
  Picoseconds settled{};  ///< How far the memory was run.
  /// From arrival to the end of the response. A request arrives when it is taken or, in a timed
  /// replay, when it is due.
  LatencyHistogram read_latency;
};

/// Sources take turns; one that is refused waits for room without holding up the others.
class Replay {
 public:
  Replay(Memory& memory, RequestStream& stream, const ReplayOptions& options);
  /// Until all is done.
  ReplayResult run();

 private:
  /// What offers found out about a source.
  struct Source {
    Picoseconds not_before{};  ///< No use to offer again before.
    bool refused = false;
  };
  struct Flight {
    Picoseconds arrival{};
    bool write = false;
  };

  void offer_all(Picoseconds now);
  bool offer(std::size_t source, Picoseconds now);
  std::optional<Picoseconds> arrival_of(const ReplayRequest& request, bool refused,
                                        Picoseconds now);
  void started(TransactionId id, const ReplayRequest& request, Picoseconds arrival);
  void take_completed();
  Picoseconds next_step(Picoseconds now) const;

  Memory& memory_;
  ReplayOptions options_;
  Picoseconds step_;
  SourceQueues queues_;
  std::vector<Source> sources_;
  std::size_t turn_ = 0;
  std::vector<Flight> flights_;  ///< By transaction.
  ReplayResult result_;
};

}  // namespace npulse::dram
