// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

Picoseconds picoseconds(double ns) {
  return Picoseconds{std::llround(ns * 1000)};
}

}  // namespace

Memory::Memory(const PartParams& part, const MemoryParams& params,
               std::span<CommandObserver* const> observers)
    : part_{part},
      controller_{params.controller},
      front_end_{picoseconds(controller_.front_end_ns)},
      back_end_{picoseconds(controller_.back_end_ns)},
      map_{part.organisation, params.channels.value_or(part.channels),
           params.mapping.value_or(part.mapping)},
      // A longer piece would leave the scheduler blind for the row that comes next.
      splitter_{map_, Bytes{part.organisation.burst_bytes()},
                std::max<std::int64_t>(1, controller_.queue_bursts / 4),
                params.engine == MemoryEngine::fast} {
  const auto count = static_cast<std::size_t>(params.channels.value_or(part.channels));
  ensure(observers.empty() || observers.size() == count, "one observer a channel, or none");
  for (std::size_t c = 0; c < count; ++c) {
    channels_.push_back(make_channel(params.engine, observers.empty() ? nullptr : observers[c]));
  }
  traffic_.resize(count);
  next_events_.resize(count, kNever);
}

std::unique_ptr<Channel> Memory::make_channel(MemoryEngine engine, CommandObserver* observer) {
  if (engine == MemoryEngine::reference) {
    return make_reference_channel(part_, controller_, observer);
  }
  return make_fast_channel(part_, controller_, &memo_, observer);
}

Cycles Memory::settled_until(Picoseconds now) const {
  return part_.clock.first_at_or_after(now + front_end_);
}

void Memory::advance(std::size_t channel, Cycles until) {
  if (next_events_[channel] >= until) return;
  channels_[channel]->advance(until, *this);
  note_next_event(channel);
}

void Memory::note_next_event(std::size_t channel) {
  next_events_[channel] = channels_[channel]->next_event().value_or(kNever);
}

void Memory::advance(Picoseconds now) {
  const Cycles until = settled_until(now);
  for (std::size_t c = 0; c < channels_.size(); ++c) advance(c, until);
}

std::optional<TransactionId> Memory::offer(Picoseconds now, const Transaction& transaction,
                                           Picoseconds arrival) {
  const auto size = static_cast<Address>(capacity().count());
  const auto bytes = static_cast<Address>(transaction.bytes.count());
  if (bytes > size || transaction.address > size - bytes) {
    throw InputError{"memory", fmt::format("{} bytes at {:#x} lie beyond its {} bytes", bytes,
                                           transaction.address, size)};
  }
  const Cycles until = settled_until(now);
  const auto& pieces = splitter_.split(transaction);
  for (const Piece& piece : pieces) {
    advance(piece.channel, until);
    if (!channels_[piece.channel]->can_accept()) return std::nullopt;
  }
  const TransactionId id = start_flight(pieces.size());
  const Cycles seen = settled_until(arrival);
  for (const Piece& piece : pieces) {
    Request request = piece.request;
    request.id = id;
    request.arrival = seen;
    channels_[piece.channel]->push(request);
    note_next_event(piece.channel);
    traffic_[piece.channel] += piece.traffic;
  }
  return id;
}

TransactionId Memory::start_flight(std::size_t pieces) {
  if (free_flights_.empty()) {
    free_flights_.push_back(static_cast<TransactionId>(flights_.size()));
    flights_.emplace_back();
  }
  const TransactionId id = free_flights_.back();
  free_flights_.pop_back();
  flights_[id] = {pieces, Cycles{0}, next_order_++};
  return id;
}

std::optional<Picoseconds> Memory::room_since(const Transaction& transaction) {
  Cycles since{0};
  for (const Piece& piece : splitter_.split(transaction)) {
    const Channel& channel = *channels_[piece.channel];
    if (!channel.can_accept()) return std::nullopt;
    since = std::max(since, channel.accepting_since());
  }
  return part_.clock.time_of(since);
}

void Memory::completed(const Request& request, Cycles at) {
  const auto id = static_cast<TransactionId>(request.id);
  Flight& flight = flights_[id];
  flight.latest = std::max(flight.latest, at);
  if (--flight.pieces == 0) {
    done_.push({part_.clock.time_of(flight.latest) + back_end_, flight.order, id});
  }
}

std::optional<TransactionId> Memory::take_completed(Picoseconds now) {
  if (done_.empty() || done_.top().at > now) return std::nullopt;
  const TransactionId id = done_.top().id;
  done_.pop();
  free_flights_.push_back(id);
  return id;
}

std::optional<Picoseconds> Memory::next_advance() const {
  Cycles event = kNever;
  for (const Cycles next : next_events_) event = std::min(event, next);
  if (event == kNever) return std::nullopt;
  // Without a front end a tick is settled only when its instant has passed.
  return part_.clock.time_of(event) + Picoseconds{front_end_ == Picoseconds{0}};
}

std::optional<Picoseconds> Memory::next_completion() const {
  if (done_.empty()) return std::nullopt;
  return done_.top().at;
}

void Memory::settle(Picoseconds now) {
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    channels_[c]->advance(settled_until(now), *this);
    note_next_event(c);
  }
}

std::int64_t Memory::peak_bytes_per_s() const {
  return static_cast<std::int64_t>(channels_.size()) * part_.channel_bytes_per_s();
}

ChannelCounts Memory::total_counts() const {
  ChannelCounts total;
  for (const auto& channel : channels_) total += channel->counts();
  return total;
}

TrafficCounts Memory::total_traffic() const {
  TrafficCounts total;
  for (const auto& traffic : traffic_) total += traffic;
  return total;
}

}  // namespace npulse::dram
