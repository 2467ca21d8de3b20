// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache_module.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace npulse::arch {

CacheModule::CacheModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                         const ClockDomain& clock, const CacheParams& params)
    : Module{name, simulation, clock}, cache_{params} {
  in.register_nb_transport_fw(this, &CacheModule::nb_transport_fw);
  out.register_nb_transport_bw(this, &CacheModule::nb_transport_bw);
}

tlm::tlm_sync_enum CacheModule::nb_transport_fw(tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  ensure(phase == tlm::BEGIN_REQ, "an initiator answered a response by a phase of its own");
  if (!payload.is_read()) {
    cache_.write(payload.get_address(), payload.get_data_length());
    return out->nb_transport_fw(payload, phase, delay);
  }
  if (!cache_.read(payload.get_address(), payload.get_data_length())) {
    ++stats_.misses;
    return out->nb_transport_fw(payload, phase, delay);
  }
  ++stats_.hits;
  payload.acquire();
  const Cycles arrival = clock().first_at_or_after(time() + sim::from_sc_time(delay));
  hits_.push_back({&payload, cache_.hit(arrival, payload.get_data_length())});
  wake_at(hits_.front().due);
  phase = tlm::END_REQ;
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

tlm::tlm_sync_enum CacheModule::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  return in->nb_transport_bw(payload, phase, delay);
}

void CacheModule::step() {
  while (!hits_.empty() && hits_.front().due <= now()) {
    tlm::tlm_generic_payload& payload = *hits_.front().payload;
    hits_.pop_front();
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const auto status = in->nb_transport_bw(payload, phase, delay);
    ensure(status == tlm::TLM_COMPLETED, "an initiator did not take a response at once");
    payload.release();
  }
  if (!hits_.empty()) wake_at(hits_.front().due);
}

std::string CacheModule::describe_state() const {
  return fmt::format("{} hits on their way", hits_.size());
}

}  // namespace npulse::arch
