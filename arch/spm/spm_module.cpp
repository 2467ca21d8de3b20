// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/spm_module.h"

#include "sim/core/error.h"
#include "sim/kernel/payload.h"

namespace npulse::arch {

SpmModule::SpmModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                     const ClockDomain& clock, const SpmParams& params)
    : Module{name, simulation, clock}, scratchpad_{params} {
  requests.register_nb_transport_fw(this, &SpmModule::receive);
}

tlm::tlm_sync_enum SpmModule::receive(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                      sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return tlm::TLM_COMPLETED;
  ensure(phase == tlm::BEGIN_REQ, "a scratchpad takes only BEGIN_REQ and END_RESP");
  const AccessStream stream{.space = isa::Space::spm,
                            .requester = Requester::remote,
                            .address = payload.get_address(),
                            .bytes = payload.get_data_length(),
                            .write = payload.is_write()};
  const Cycles start = clock().first_at_or_after(time() + sim::from_sc_time(delay));
  const Cycles latency = scratchpad_.params().access_latency;
  payload.acquire();
  const Cycles end = scratchpad_.reserve(start, Cycles{0}, stream) + latency;
  pending_.insert({end, &payload});
  wake_at(end);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void SpmModule::step() {
  while (!pending_.empty() && pending_.begin()->first <= now()) {
    respond(*pending_.extract(pending_.begin()).mapped());
  }
  if (!pending_.empty()) wake_at(pending_.begin()->first);
}

void SpmModule::respond(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  requests->nb_transport_bw(payload, phase, delay);
  payload.release();
}

std::string SpmModule::describe_state() const {
  return std::to_string(pending_.size()) + " transactions to answer";
}

}  // namespace npulse::arch
