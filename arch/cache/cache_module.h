// SPDX-License-Identifier: Apache-2.0
// A cache on the way to the memory: a TLM-2.0 target to the network, an initiator to the memory.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>

#include "arch/cache/cache.h"
#include "sim/kernel/module.h"
#include "sim/kernel/payload.h"

namespace npulse::arch {

/// Reads of which all lines are held are answered from here, others pass on as they are. Whoever is
/// answered must take BEGIN_RESP as complete, as DMA engines do.
class CacheModule : public sim::Module {
 public:
  CacheModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
              const ClockDomain& clock, const CacheParams& params);

  tlm_utils::simple_target_socket<CacheModule> in{"in"};
  tlm_utils::simple_initiator_socket<CacheModule> out{"out"};

  bool idle() const override { return hits_.empty(); }
  std::string describe_state() const override;
  const StatGroup* stats() const override { return &stats_; }

 protected:
  void step() override;

 private:
  struct Stats : StatGroup {
    Counter hits{*this, "hits", npulse::Unit::count, "Reads answered by the cache."};
    Counter misses{*this, "misses", npulse::Unit::count, "Reads passed on to the memory."};
  };
  struct Hit {
    tlm::tlm_generic_payload* payload;
    Cycles due;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  Cache cache_;
  std::deque<Hit> hits_;  ///< In the order in which they are due.
  Stats stats_;
};

}  // namespace npulse::arch
