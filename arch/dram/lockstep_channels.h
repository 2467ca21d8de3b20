// SPDX-License-Identifier: Apache-2.0
// The channels of a memory, those that are in the same state simulated once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "arch/dram/channel.h"
#include "arch/dram/splitter.h"

namespace npulse::dram {

/// Streams ask all channels for the same at the same time, so that all are in the same state: then
/// one simulation stands for them. Channels that are asked for something else part with the others
/// and go on in a copy; those found to be in the same state again come together. What they do does
/// not depend on it.
class LockstepChannels : private CompletionSink {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    /// `request` is done at tick `at` in so many channels.
    virtual void completed(const Request& request, Cycles at, std::size_t channels) = 0;
  };
  using MakeChannel = std::function<std::unique_ptr<Channel>(std::size_t channel)>;

  /// `alike` channels can be cloned; they begin together, and look for their equals every
  /// `rejoin_interval`. Others always go alone. `sink` must outlive them.
  LockstepChannels(std::size_t channels, bool alike, Cycles rejoin_interval,
                   const MakeChannel& make, Sink& sink);
  LockstepChannels(const LockstepChannels&) = delete;
  LockstepChannels& operator=(const LockstepChannels&) = delete;

  std::size_t size() const { return simulation_of_.size(); }
  /// How many are simulated now.
  std::size_t simulations() const { return simulations_.size(); }

  /// Whether all channels of the pieces accept requests when simulated before tick `until`.
  bool accept(const Split& split, Cycles until);
  /// Since when all do; nothing while one does not.
  std::optional<Cycles> accepting_since(const Split& split);
  void push(const Split& split, std::uint64_t id, Cycles arrival);

  /// Simulates all that happens before tick `until`, except refreshes of idle channels.
  void advance(Cycles until);
  /// Whether it is time to look for channels that are in the same state.
  bool should_rejoin(Cycles until) const {
    return until >= rejoin_due_ && simulations_.size() > 1;
  }
  /// Brings them together, having advanced to `until`; `past` ticks are over for those that push.
  void rejoin(Cycles until, Cycles past);
  /// With the refreshes of idle channels, and all counts up to `until`.
  void settle(Cycles until);
  /// No request is served or completed before this tick; kNever when there are no requests.
  Cycles next_event() const;
  ChannelCounts counts(std::size_t channel) const;

 private:
  struct Simulation {
    std::unique_ptr<Channel> channel;
    std::vector<std::size_t> members;  ///< Channels that it stands for.
    Cycles next_event = kNever;

    void note_next_event() { next_event = channel->next_event(); }
  };

  void completed(const Request& request, Cycles at) override;
  template <class F>
  void each_touched(const Split& split, F&& f);
  void run(Simulation& simulation, Cycles until);
  bool asks_alike(const Split& split) const;
  bool shared_by_one(const Split& split) const;
  void part(const Split& split);
  void part(std::size_t simulation);
  void join_equals(Cycles past);
  void absorb(Simulation& kept, Simulation& gone);

  Sink& sink_;
  std::vector<Simulation> simulations_;
  std::vector<std::size_t> simulation_of_;  ///< By channel.
  std::vector<ChannelCounts> before_;       ///< By channel: its counts less its simulation's.
  Cycles rejoin_interval_, rejoin_due_;
  std::size_t completing_ = 0;  ///< Channels for which the simulation in progress stands.
  std::vector<std::vector<const Request*>> asked_;  ///< By channel, while parting.
};

}  // namespace npulse::dram
