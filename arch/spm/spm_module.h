// SPDX-License-Identifier: Apache-2.0
// A core's scratchpad on the network: other cores' DMA engines read and write it over TLM-2.0.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <map>
#include <tlm>

#include "arch/spm/scratchpad.h"
#include "sim/kernel/module.h"

namespace npulse::arch {

/// Owns the memory that the core's own units reserve through CoreMemory. A transaction reserves
/// bandwidth as `remote` and is answered with BEGIN_RESP when its last byte has moved. The socket
/// may stay unbound (accumulators, chips of one core).
class SpmModule : public sim::Module {
 public:
  SpmModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
            const ClockDomain& clock, const SpmParams& params);

  tlm_utils::simple_target_socket_optional<SpmModule> requests{"requests"};

  Scratchpad& scratchpad() { return scratchpad_; }

  bool idle() const override { return pending_.empty(); }
  std::string describe_state() const override;
  const StatGroup* stats() const override { return &scratchpad_.stats(); }

 private:
  tlm::tlm_sync_enum receive(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                             sc_core::sc_time& delay);
  void step() override;
  void respond(tlm::tlm_generic_payload& payload);

  Scratchpad scratchpad_;
  std::multimap<Cycles, tlm::tlm_generic_payload*> pending_;  ///< By end; holds a reference each.
};

}  // namespace npulse::arch
