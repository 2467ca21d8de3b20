// SPDX-License-Identifier: Apache-2.0
// A cache on the way to the memory: a TLM-2.0 target to the network or to a cache before it, an
// initiator to the memory or to a cache behind it.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <queue>

#include "arch/cache/cache.h"
#include "sim/kernel/module.h"
#include "sim/kernel/payload.h"

namespace npulse::arch {

/// Takes every request at once. Whoever is answered must take BEGIN_RESP as complete, as DMA
/// engines and caches do.
class CacheModule : public sim::Module, private CacheBacking {
 public:
  CacheModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
              const ClockDomain& clock, const CacheParams& params);

  tlm_utils::simple_target_socket<CacheModule> in{"in"};
  tlm_utils::simple_initiator_socket<CacheModule> out{"out"};

  bool idle() const override { return cache_.idle() && below_ == 0; }
  std::string describe_state() const override;
  const StatGroup* stats() const override { return &stats_; }

 protected:
  void step() override;

 private:
  struct Stats : StatGroup {
    explicit Stats(const Cache& of) : cache{of} {}

    const Cache& cache;
    Formula hits{*this, "hits", npulse::Unit::count, "Accesses to lines that are held or coming.",
                 [this] { return static_cast<double>(cache.counts().hits); }};
    Formula misses{*this, "misses", npulse::Unit::count, "Accesses to lines that are not.",
                   [this] { return static_cast<double>(cache.counts().misses); }};
    Formula write_backs{*this, "write_backs", npulse::Unit::count, "Lines written to the memory.",
                        [this] { return static_cast<double>(cache.counts().write_backs); }};
  };
  struct Fill {
    Picoseconds at;
    std::uint64_t order;
    Address address;
    bool operator>(const Fill& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void fetch(Address address, std::int64_t bytes, Cycles at) override;
  void write_back(Address address, std::int64_t bytes, Cycles at) override;
  void send(tlm::tlm_command command, Address address, std::int64_t bytes, Cycles at);
  void answer(tlm::tlm_generic_payload& payload);

  Cache cache_;
  Stats stats_{cache_};
  sim::PayloadPool pool_;
  std::vector<tlm::tlm_generic_payload*> requests_;  ///< By Cache::RequestId.
  std::vector<Cache::RequestId> unused_;
  std::priority_queue<Fill, std::vector<Fill>, std::greater<>> fills_;
  std::uint64_t fills_seen_ = 0;
  std::int64_t below_ = 0;  ///< Requests without an answer.
};

}  // namespace npulse::arch
