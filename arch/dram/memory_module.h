// SPDX-License-Identifier: Apache-2.0
// The memory on the chip's diagram: a TLM-2.0 target of approximately timed transactions.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <deque>

#include "arch/dram/memory.h"
#include "arch/dram/memory_stats.h"
#include "sim/kernel/module.h"
#include "sim/kernel/payload.h"

namespace npulse::dram {

/// BEGIN_REQ may carry a delay: the request arrives then. END_REQ comes at once, or is withheld, in
/// order, while a channel's backlog is full; BEGIN_RESP comes at the exact time of completion.
/// Several requests may be withheld at a time, one of each initiator behind a crossbar.
class MemoryModule : public sim::Module {
 public:
  MemoryModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
               const PartParams& part, const MemoryParams& params);

  tlm_utils::simple_target_socket<MemoryModule> in{"in"};

  bool idle() const override { return waiting_.empty() && memory_.idle(); }
  std::string describe_state() const override;
  const StatGroup* stats() const override { return &stats_; }
  const Memory& memory() const { return memory_; }
  /// Counts the refreshes of idle channels up to now; call it when the run is over.
  void settle() { memory_.settle(time()); }

 protected:
  void step() override;

 private:
  struct Waiting {
    tlm::tlm_generic_payload* payload;
    Picoseconds arrival;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  bool take_in(const Waiting& request);
  void answer();
  void take_in_waiting();
  void sleep();

  Memory memory_;
  MemoryStats stats_;
  std::vector<tlm::tlm_generic_payload*> payloads_;  ///< By TransactionId.
  std::deque<Waiting> waiting_;                      ///< END_REQ is withheld.
  bool answering_ = false;                           ///< BEGIN_RESP is sent, END_RESP outstanding.
};

}  // namespace npulse::dram
