// SPDX-License-Identifier: Apache-2.0
// The DMA engine on the chip's diagram: a unit of the sequencer, an initiator on the network.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <queue>

#include "arch/dma/engine.h"
#include "sim/kernel/module.h"
#include "sim/kernel/payload.h"

namespace npulse::arch {

struct DmaStats : StatGroup {
  explicit DmaStats(const DecompressorUse& use) : decompressor{use} {}

  const DecompressorUse& decompressor;
  Counter reads{*this, "reads", npulse::Unit::count, "Read transactions sent."};
  Counter writes{*this, "writes", npulse::Unit::count, "Write transactions sent."};
  Counter bytes_read{*this, "bytes_read", npulse::Unit::bytes, "Bytes asked of the network."};
  Counter bytes_written{*this, "bytes_written", npulse::Unit::bytes, "Bytes sent to the network."};
  Formula coded_bytes{*this, "coded_bytes", npulse::Unit::bytes, "Bytes into the decompressor.",
                      [this] { return static_cast<double>(decompressor.coded_bytes); }};
  Formula expanded_bytes{*this, "expanded_bytes", npulse::Unit::bytes,
                         "Bytes out of the decompressor.",
                         [this] { return static_cast<double>(decompressor.expanded_bytes); }};
  Formula compression{*this, "compression", npulse::Unit::ratio, "Expanded bytes a coded one.",
                      [this] { return ratio(expanded_bytes.value(), coded_bytes.value()); }};
  Formula decompressor_busy_cycles{
      *this, "decompressor_busy_cycles", npulse::Unit::cycles, "Cycles the decompressor worked.",
      [this] { return static_cast<double>(decompressor.busy.count()); }};
  Formula decompressor_wait_cycles{
      *this, "decompressor_wait_cycles", npulse::Unit::cycles,
      "Cycles that pieces waited for the decompressor, summed over pieces.",
      [this] { return static_cast<double>(decompressor.waited.count()); }};
};

class DmaModule : public sim::Module, public Unit, private DmaWire {
 public:
  /// Target 0 of the network is memory; target 1 + c is core c.
  DmaModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
            const ClockDomain& clock, const DmaParams& params, std::uint16_t core,
            ScratchpadPort& local);

  tlm_utils::simple_initiator_socket<DmaModule> out{"out"};

  void bind(UnitListener& listener) override { listener_ = &listener; }
  bool can_start() const override { return engine_.can_start(); }
  void start(Ticket ticket, const isa::Instruction& instruction) override;
  const char* busy_with() const override { return "dma"; }

  bool idle() const override { return engine_.idle(); }
  std::string describe_state() const override;
  const StatGroup* stats() const override { return &stats_; }

 private:
  struct Answer {
    Picoseconds at;
    std::uint64_t order;
    PieceId id;
    bool operator>(const Answer& o) const { return std::tie(at, order) > std::tie(o.at, o.order); }
  };

  void step() override;
  bool send(PieceId id, const Side& side, Address address, std::int64_t bytes, bool write,
            Cycles at) override;
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);

  DmaEngine engine_;
  sim::PayloadPool pool_;
  DmaStats stats_{engine_.decompressor()};
  UnitListener* listener_ = nullptr;
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers_;
  std::uint64_t answers_seen_ = 0;
};

}  // namespace npulse::arch
