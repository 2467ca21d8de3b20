// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/dma_module.h"

#include <fmt/format.h>

namespace npulse::arch {

DmaModule::DmaModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                     const ClockDomain& clock, const DmaParams& params, std::uint16_t core,
                     ScratchpadPort& local)
    : Module{name, simulation, clock}, engine_{params, core, local, *this} {
  out.register_nb_transport_bw(this, &DmaModule::nb_transport_bw);
}

void DmaModule::start(Ticket ticket, const isa::Instruction& instruction) {
  engine_.start(now(), ticket, instruction);
  wake_at(now());
}

void DmaModule::step() {
  const Cycles cycle = now();
  while (!answers_.empty() && answers_.top().at <= time()) {
    engine_.answer(cycle, answers_.top().id);
    answers_.pop();
  }
  engine_.step(cycle);
  bool finished = false;
  while (const auto done = engine_.take_finished(cycle)) {
    listener_->completed(done->ticket, done->outcome);
    finished = true;
  }
  if (finished) listener_->unit_ready();
  if (const auto wake = engine_.wake_at()) wake_at(std::max(*wake, cycle));
  if (!answers_.empty()) wake_at(answers_.top().at);
}

bool DmaModule::send(PieceId id, const Side& side, Address address, std::int64_t bytes, bool write,
                     Cycles at) {
  auto& payload = pool_.acquire(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, address,
                                static_cast<std::uint32_t>(bytes));
  sim::Route& route = sim::PayloadPool::route(payload);
  route.target = side.space == isa::Space::dram ? std::uint16_t{0}
                                                : static_cast<std::uint16_t>(1 + side.core.value());
  route.cookie = id;
  ++(write ? stats_.writes : stats_.reads);
  (write ? stats_.bytes_written : stats_.bytes_read) += bytes;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sim::to_sc_time(std::max(Picoseconds{0}, clock().time_of(at) - time()));
  return out->nb_transport_fw(payload, phase, delay) == tlm::TLM_UPDATED;
}

tlm::tlm_sync_enum DmaModule::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                              tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) {
    engine_.unblock();
    wake_at(now());
    return tlm::TLM_ACCEPTED;
  }
  const Picoseconds at = time() + sim::from_sc_time(delay);
  const auto id = static_cast<PieceId>(sim::PayloadPool::route(payload).cookie);
  answers_.push({at, answers_seen_++, id});
  payload.release();
  wake_at(at);
  return tlm::TLM_COMPLETED;
}

std::string DmaModule::describe_state() const {
  return fmt::format("{} packets wait for an answer", engine_.packets_in_flight());
}

}  // namespace npulse::arch
