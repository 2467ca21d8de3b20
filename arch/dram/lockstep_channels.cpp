// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/lockstep_channels.h"

#include <algorithm>

namespace npulse::dram {

LockstepChannels::LockstepChannels(std::size_t channels, bool alike, Cycles rejoin_interval,
                                   const MakeChannel& make, Sink& sink)
    : sink_{sink},
      simulation_of_(channels),
      before_(channels),
      rejoin_interval_{rejoin_interval},
      rejoin_due_{alike ? rejoin_interval : kNever},
      asked_(channels) {
  for (std::size_t c = 0; c < channels; ++c) {
    if (!alike || c == 0) simulations_.push_back({make(c), {}});
    simulation_of_[c] = simulations_.size() - 1;
    simulations_.back().members.push_back(c);
  }
}

/// Calls `f` with each; with one twice only if others come between.
template <class F>
void LockstepChannels::each_touched(const Split& split, F&& f) {
  if (split.shared_by.size() == size()) {
    std::for_each(simulations_.begin(), simulations_.end(), f);
    return;
  }
  std::size_t last = simulations_.size();
  split.each_channel([&](std::uint32_t channel) {
    const std::size_t touched = simulation_of_[channel];
    if (touched != last) f(simulations_[touched]);
    last = touched;
  });
}

bool LockstepChannels::accept(const Split& split, Cycles until) {
  bool all = true;
  each_touched(split, [&](Simulation& simulation) {
    if (!all) return;
    if (simulation.next_event < until) run(simulation, until);
    all = simulation.channel->can_accept();
  });
  return all;
}

std::optional<Cycles> LockstepChannels::accepting_since(const Split& split) {
  std::optional<Cycles> since = Cycles{0};
  each_touched(split, [&](const Simulation& simulation) {
    const Channel& channel = *simulation.channel;
    if (!channel.can_accept()) since.reset();
    if (since) since = std::max(*since, channel.accepting_since());
  });
  return since;
}

void LockstepChannels::push(const Split& split, std::uint64_t id, Cycles arrival) {
  part(split);
  const auto push_to = [&](Simulation& simulation, const Piece& piece) {
    Request request = piece.request;
    request.id = id;
    request.arrival = arrival;
    simulation.channel->push(request);
  };
  // What one is asked for, all members of a simulation are.
  split.each_piece([&](std::uint32_t channel, const Piece& piece) {
    Simulation& simulation = simulations_[simulation_of_[channel]];
    if (simulation.members.front() == channel) push_to(simulation, piece);
  });
  each_touched(split, [](Simulation& simulation) { simulation.note_next_event(); });
}

/// Whether all channels of one simulation, and no others, are asked for the same: what part() would
/// find out too. Pieces come channel by channel, and no two of a channel are the same.
bool LockstepChannels::asks_alike(const Split& split) const {
  if (!split.shared_by.empty()) return shared_by_one(split);
  const auto& pieces = split.pieces;
  std::size_t each = 1;
  while (each < pieces.size() && pieces[each].channel == pieces[0].channel) ++each;
  const std::size_t simulation = simulation_of_[pieces[0].channel];
  if (pieces.size() != each * simulations_[simulation].members.size()) return false;
  for (std::size_t i = each; i < pieces.size(); ++i) {
    if (simulation_of_[pieces[i].channel] != simulation ||
        pieces[i].channel != pieces[i - i % each].channel ||
        pieces[i].request != pieces[i % each].request) {
      return false;
    }
  }
  return true;
}

/// By all channels, or those of one simulation.
bool LockstepChannels::shared_by_one(const Split& split) const {
  const auto& channels = split.shared_by;
  if (channels.size() == size()) return true;
  const std::size_t simulation = simulation_of_[channels.front()];
  return channels.size() == simulations_[simulation].members.size() &&
         std::all_of(channels.begin(), channels.end(),
                     [&](std::uint32_t c) { return simulation_of_[c] == simulation; });
}

/// Separates channels of which the pieces ask different things.
void LockstepChannels::part(const Split& split) {
  if (simulations_.size() == size() || asks_alike(split)) return;
  split.each_piece([this](std::uint32_t channel, const Piece& piece) {
    asked_[channel].push_back(&piece.request);
  });
  // Those that are added are looked at in turn.
  for (std::size_t i = 0; i < simulations_.size(); ++i) part(i);
  split.each_piece([this](std::uint32_t channel, const Piece&) { asked_[channel].clear(); });
}

void LockstepChannels::part(std::size_t simulation) {
  auto& members = simulations_[simulation].members;
  const auto& first = asked_[members.front()];
  const auto others = std::stable_partition(members.begin(), members.end(), [&](std::size_t c) {
    return std::equal(asked_[c].begin(), asked_[c].end(), first.begin(), first.end(),
                      [](const Request* a, const Request* b) { return *a == *b; });
  });
  if (others == members.end()) return;
  Simulation apart{simulations_[simulation].channel->clone(), {others, members.end()}};
  apart.note_next_event();
  members.erase(others, members.end());
  for (const std::size_t c : apart.members) simulation_of_[c] = simulations_.size();
  simulations_.push_back(std::move(apart));
}

void LockstepChannels::run(Simulation& simulation, Cycles until) {
  completing_ = simulation.members.size();
  simulation.channel->advance(until, *this);
  simulation.note_next_event();
}

void LockstepChannels::advance(Cycles until) {
  for (Simulation& simulation : simulations_) {
    if (simulation.next_event < until) run(simulation, until);
  }
}

void LockstepChannels::rejoin(Cycles until, Cycles past) {
  rejoin_due_ = until + rejoin_interval_;
  settle(until);
  join_equals(past);
}

void LockstepChannels::settle(Cycles until) {
  for (Simulation& simulation : simulations_) {
    run(simulation, until);
    simulation.channel->settle(until);
  }
}

void LockstepChannels::join_equals(Cycles past) {
  std::vector<Simulation> kept;
  for (Simulation& simulation : simulations_) {
    const auto equal = std::find_if(kept.begin(), kept.end(), [&](const Simulation& other) {
      return other.channel->in_step_with(*simulation.channel, past);
    });
    if (equal == kept.end()) {
      kept.push_back(std::move(simulation));
    } else {
      absorb(*equal, simulation);
    }
  }
  simulations_ = std::move(kept);
  for (std::size_t i = 0; i < simulations_.size(); ++i) {
    for (const std::size_t c : simulations_[i].members) simulation_of_[c] = i;
  }
}

void LockstepChannels::absorb(Simulation& kept, Simulation& gone) {
  for (const std::size_t c : gone.members) {
    before_[c] += gone.channel->counts();
    before_[c] -= kept.channel->counts();
    kept.members.push_back(c);
  }
}

Cycles LockstepChannels::next_event() const {
  Cycles first = kNever;
  for (const Simulation& s : simulations_) first = std::min(first, s.next_event);
  return first;
}

ChannelCounts LockstepChannels::counts(std::size_t channel) const {
  ChannelCounts sum = before_[channel];
  return sum += simulations_[simulation_of_[channel]].channel->counts();
}

void LockstepChannels::completed(const Request& request, Cycles at) {
  sink_.completed(request, at, completing_);
}

}  // namespace npulse::dram
