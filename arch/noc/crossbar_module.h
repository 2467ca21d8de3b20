// SPDX-License-Identifier: Apache-2.0
// The crossbar on the chip's diagram: DMA engines in, memory (target 0) and cores (1 + c) out.
#pragma once

#include "sim/kernel/module.h"
#include "sim/kernel/payload.h"

#include <tlm_utils/multi_passthrough_initiator_socket.h>
#include <tlm_utils/multi_passthrough_target_socket.h>

#include "arch/noc/crossbar.h"
#include "arch/noc/params.h"

namespace npulse::arch {

struct CrossbarStats : StatGroup {
  explicit CrossbarStats(std::function<double()> waited)
      : waited_ps{*this, "waited_ps", npulse::Unit::picoseconds, "Time that packets waited for links.",
                  std::move(waited)} {}
  Counter packets{*this, "packets", npulse::Unit::count, "Packets carried, both ways."};
  Counter bytes{*this, "bytes", npulse::Unit::bytes, "Data carried, both ways."};
  Formula waited_ps;
};

/// Annotates the time of crossing and passes transactions on at once; it has no process of its own.
/// Sockets must be bound in order: initiators as in `core_of_initiator`, targets memory first.
class CrossbarModule : public sim::Module {
 public:
  CrossbarModule(const sc_core::sc_module_name& name, sim::Simulation& simulation, const ClockDomain& clock,
                 const NocParams& params, std::vector<std::uint16_t> core_of_initiator,
                 std::uint16_t cores);

  /// Unbound when the program has no DMA queue.
  tlm_utils::multi_passthrough_target_socket<CrossbarModule, 32, tlm::tlm_base_protocol_types, 0,
                                             sc_core::SC_ZERO_OR_MORE_BOUND>
      in{"in"};
  tlm_utils::multi_passthrough_initiator_socket<CrossbarModule> out{"out"};

  bool idle() const override { return true; }
  std::string describe_state() const override { return ""; }
  const StatGroup* stats() const override { return &stats_; }

 private:
  void step() override {}
  tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, tlm::tlm_generic_payload& payload,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  sc_core::sc_time cross(Crossbar& network, std::size_t from, std::size_t to, std::int64_t bytes,
                         const sc_core::sc_time& delay);

  std::vector<std::uint16_t> core_of_initiator_;
  Crossbar requests_, responses_;
  CrossbarStats stats_;
};

}  // namespace npulse::arch
