// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache_module.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace npulse::arch {

CacheModule::CacheModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                         const ClockDomain& clock, const CacheParams& params)
    : Module{name, simulation, clock}, cache_{params, *this} {
  in.register_nb_transport_fw(this, &CacheModule::nb_transport_fw);
  out.register_nb_transport_bw(this, &CacheModule::nb_transport_bw);
}

tlm::tlm_sync_enum CacheModule::nb_transport_fw(tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  ensure(phase == tlm::BEGIN_REQ, "an initiator answered a response by a phase of its own");
  if (unused_.empty()) {
    unused_.push_back(static_cast<Cache::RequestId>(requests_.size()));
    requests_.push_back(nullptr);
  }
  const Cache::RequestId id = unused_.back();
  unused_.pop_back();
  payload.acquire();
  requests_[id] = &payload;
  const Cycles arrival = clock().first_at_or_after(time() + sim::from_sc_time(delay));
  cache_.request(arrival, id, payload.get_address(), payload.get_data_length(), payload.is_write());
  wake_at(arrival);
  phase = tlm::END_REQ;
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

tlm::tlm_sync_enum CacheModule::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;
  const Picoseconds at = time() + sim::from_sc_time(delay);
  --below_;
  if (payload.is_read()) {
    fills_.push({at, fills_seen_++, payload.get_address()});
    wake_at(at);
  }
  payload.release();
  return tlm::TLM_COMPLETED;
}

void CacheModule::fetch(Address address, std::int64_t bytes, Cycles at) {
  send(tlm::TLM_READ_COMMAND, address, bytes, at);
}

void CacheModule::write_back(Address address, std::int64_t bytes, Cycles at) {
  send(tlm::TLM_WRITE_COMMAND, address, bytes, at);
}

void CacheModule::send(tlm::tlm_command command, Address address, std::int64_t bytes, Cycles at) {
  auto& payload = pool_.acquire(command, address, static_cast<std::uint32_t>(bytes));
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sim::to_sc_time(std::max(Picoseconds{0}, clock().time_of(at) - time()));
  ++below_;
  out->nb_transport_fw(payload, phase, delay);
}

void CacheModule::step() {
  const Cycles cycle = now();
  while (!fills_.empty() && fills_.top().at <= time()) {
    cache_.filled(cycle, fills_.top().address);
    fills_.pop();
  }
  cache_.step(cycle);
  while (const auto id = cache_.take_answered(cycle)) {
    unused_.push_back(*id);
    answer(*requests_[*id]);
  }
  if (const auto wake = cache_.wake_at()) wake_at(std::max(*wake, cycle));
  if (!fills_.empty()) wake_at(fills_.top().at);
}

void CacheModule::answer(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const auto status = in->nb_transport_bw(payload, phase, delay);
  ensure(status == tlm::TLM_COMPLETED, "an initiator did not take a response at once");
  payload.release();
}

std::string CacheModule::describe_state() const {
  return fmt::format("{} requests wait for an answer from below", below_);
}

}  // namespace npulse::arch
