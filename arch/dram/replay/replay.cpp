// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/replay.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr int kStepsPerPoll = 1024;

}  // namespace

Replay::Replay(Memory& memory, RequestStream& stream, const ReplayOptions& options)
    : memory_{memory},
      options_{options},
      step_{std::max(options.front_end, Picoseconds{1})},
      queues_{stream} {}

ReplayResult Replay::run() {
  Picoseconds now{0};
  for (int steps = 0;; now = next_step(now)) {
    memory_.advance(now);
    take_completed();
    offer_all(now);
    if (queues_.empty() && memory_.idle()) break;
    if (++steps % kStepsPerPoll == 0 && options_.poll) options_.poll(result_.requests);
  }
  memory_.settle(now);
  result_.settled = now;
  result_.sources = static_cast<std::int64_t>(queues_.size());
  return std::move(result_);
}

void Replay::offer_all(Picoseconds now) {
  // Whoever was served last is the last to have its turn again.
  std::size_t source = turn_;
  for (std::size_t in_vain = 0; in_vain < queues_.size();) {
    const bool served = offer(source, now);
    source = (source + 1) % queues_.size();
    in_vain = served ? 0 : in_vain + 1;
    if (served) turn_ = source;
  }
}

bool Replay::offer(std::size_t source, Picoseconds now) {
  if (source >= sources_.size()) sources_.resize(queues_.size());
  Source& state = sources_[source];
  if (queues_.empty(source) || state.not_before > now) return false;
  state.not_before = now + Picoseconds{1};  // unless it is served
  const ReplayRequest request = queues_.front(source);
  const auto arrival = arrival_of(request, state.refused, now);
  if (!arrival) return false;
  const auto id = memory_.offer(now, request.transaction, *arrival);
  state.refused = !id;
  if (!id) return false;
  state.not_before = now;
  started(*id, request, *arrival);
  queues_.pop(source);
  return true;
}

std::optional<Picoseconds> Replay::arrival_of(const ReplayRequest& request, bool refused,
                                              Picoseconds now) {
  Picoseconds arrival = now;
  if (options_.timed) {
    if (request.at >= now + step_) return std::nullopt;
    arrival = std::max(arrival, request.at);
  }
  if (!refused) return arrival;
  const auto room = memory_.room_since(request.transaction);
  if (!room) return std::nullopt;
  return std::max(arrival, *room);
}

void Replay::started(TransactionId id, const ReplayRequest& request, Picoseconds arrival) {
  if (id >= flights_.size()) flights_.resize(id + 1);
  const Picoseconds since = options_.timed ? request.at : arrival;
  flights_[id] = {since, request.transaction.write};
  if (result_.requests++ == 0) result_.first = since;
  if (!request.transaction.write) ++result_.reads;
}

void Replay::take_completed() {
  for (Picoseconds at; (at = memory_.next_completion()) != kEndOfTime;) {
    const auto id = memory_.take_completed(at);
    ensure(id.has_value(), "a completion that cannot be taken");
    const Flight& flight = flights_[*id];
    if (!flight.write) result_.read_latency.add(at - flight.arrival);
  }
}

Picoseconds Replay::next_step(Picoseconds now) const {
  Picoseconds wake = memory_.next_advance();
  for (std::size_t source = 0; options_.timed && source < sources_.size(); ++source) {
    if (queues_.empty(source) || sources_[source].refused) continue;
    const Picoseconds due = queues_.front(source).at;
    wake = std::min(wake, due);
  }
  ensure(wake != kEndOfTime, "a replay with nothing to wait for");
  return std::max(wake, now + step_);
}

}  // namespace npulse::dram
