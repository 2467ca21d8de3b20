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

std::size_t channel_count(const PartParams& part, const MemoryParams& params) {
  return static_cast<std::size_t>(params.channels.value_or(part.channels));
}

CommandObserver* observer(std::span<CommandObserver* const> observers, std::size_t channel) {
  ensure(observers.empty() || channel < observers.size(), "one observer a channel, or none");
  return observers.empty() ? nullptr : observers[channel];
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
                std::max<std::int64_t>(1, controller_.queue_bursts / 4), part.partial_write,
                params.engine == MemoryEngine::fast},
      channels_{channel_count(part, params),
                params.engine == MemoryEngine::fast && observers.empty(), part_.t_refi,
                [&](std::size_t c) { return make_channel(params.engine, observer(observers, c)); },
                *this},
      traffic_(channels_.size()) {}

std::unique_ptr<Channel> Memory::make_channel(MemoryEngine engine, CommandObserver* observer) {
  if (engine == MemoryEngine::reference) {
    return make_reference_channel(part_, controller_, observer);
  }
  return make_fast_channel(part_, controller_, {&batches_, &decisions_}, observer);
}

Cycles Memory::settled_until(Picoseconds now) const {
  return part_.clock.first_at_or_after(now + front_end_);
}

Cycles Memory::over_at(Picoseconds now) const {
  return part_.clock.first_at_or_after(now) - Cycles{1};
}

void Memory::advance(Picoseconds now) {
  const Cycles until = settled_until(now);
  channels_.advance(until);
  if (channels_.should_rejoin(until)) channels_.rejoin(until, over_at(now));
}

std::optional<TransactionId> Memory::offer(Picoseconds now, const Transaction& transaction,
                                           Picoseconds arrival) {
  const auto size = static_cast<Address>(capacity().count());
  const auto bytes = static_cast<Address>(transaction.bytes.count());
  ensure(bytes != 0, "a transaction of no bytes");
  if (bytes > size || transaction.address > size - bytes) {
    throw InputError{"memory", fmt::format("{} bytes at {:#x} lie beyond its {} bytes", bytes,
                                           transaction.address, size)};
  }
  const Split& split = splitter_.split(transaction);
  if (!channels_.accept(split, settled_until(now))) return std::nullopt;
  const TransactionId id =
      start_flight(split.pieces.size() * std::max<std::size_t>(1, split.shared_by.size()));
  channels_.push(split, id, settled_until(arrival));
  count_traffic(split);
  return id;
}

void Memory::count_traffic(const Split& split) {
  if (split.shared_by.size() == channels_.size()) {
    for (const Piece& piece : split.pieces) everywhere_ += piece.traffic;
    return;
  }
  split.each_piece([this](std::uint32_t channel, const Piece& piece) {
    traffic_[channel] += piece.traffic;
  });
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
  const auto since = channels_.accepting_since(splitter_.split(transaction));
  return since ? std::optional{part_.clock.time_of(*since)} : std::nullopt;
}

void Memory::completed(const Request& request, Cycles at, std::size_t channels) {
  const auto id = static_cast<TransactionId>(request.id);
  Flight& flight = flights_[id];
  flight.latest = std::max(flight.latest, at);
  flight.pieces -= channels;
  if (flight.pieces == 0) {
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

void Memory::settle(Picoseconds now) {
  channels_.settle(settled_until(now));
}

std::int64_t Memory::peak_bytes_per_s() const {
  return static_cast<std::int64_t>(channels_.size()) * part_.channel_bytes_per_s();
}

ChannelCounts Memory::total_counts() const {
  ChannelCounts total;
  for (std::size_t c = 0; c < channels_.size(); ++c) total += counts(c);
  return total;
}

TrafficCounts Memory::total_traffic() const {
  TrafficCounts total;
  for (std::size_t c = 0; c < channels_.size(); ++c) total += traffic(c);
  return total;
}

}  // namespace npulse::dram
