// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memory_module.h"

#include <fmt/format.h>

namespace npulse::dram {
namespace {

Transaction transaction_of(const tlm::tlm_generic_payload& payload) {
  return {payload.get_address(), Bytes{payload.get_data_length()}, payload.is_write()};
}

}  // namespace

MemoryModule::MemoryModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                           const PartParams& part, const MemoryParams& params)
    : Module{name, simulation, ResolvedPart{part}.clock}, memory_{part, params}, stats_{memory_} {
  in.register_nb_transport_fw(this, &MemoryModule::nb_transport_fw);
}

tlm::tlm_sync_enum MemoryModule::nb_transport_fw(tlm::tlm_generic_payload& payload,
                                                 tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) {
    payload.release();
    answering_ = false;
    wake_at(time());
    return tlm::TLM_COMPLETED;
  }
  payload.acquire();
  const Waiting request{&payload, time() + sim::from_sc_time(delay)};
  const bool taken = waiting_.empty() && take_in(request);
  if (!taken) waiting_.push_back(request);
  sleep();
  if (!taken) return tlm::TLM_ACCEPTED;
  phase = tlm::END_REQ;
  delay = sc_core::SC_ZERO_TIME;
  return tlm::TLM_UPDATED;
}

bool MemoryModule::take_in(const Waiting& request) {
  const auto id =
      memory_.offer(time(), transaction_of(*request.payload), std::max(request.arrival, time()));
  if (!id) return false;
  if (*id >= payloads_.size()) payloads_.resize(*id + 1);
  payloads_[*id] = request.payload;
  return true;
}

void MemoryModule::step() {
  memory_.advance(time());
  take_in_waiting();
  answer();
  sleep();
}

void MemoryModule::take_in_waiting() {
  while (!waiting_.empty()) {
    const auto room = memory_.room_since(transaction_of(*waiting_.front().payload));
    if (!room) return;
    if (*room > time()) return wake_at(*room);
    if (!take_in(waiting_.front())) return;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_generic_payload& payload = *waiting_.front().payload;
    waiting_.pop_front();
    in->nb_transport_bw(payload, phase, delay);
  }
}

void MemoryModule::answer() {
  while (!answering_) {
    const auto id = memory_.take_completed(time());
    if (!id) return;
    tlm::tlm_generic_payload& payload = *payloads_[*id];
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const auto status = in->nb_transport_bw(payload, phase, delay);
    answering_ = status == tlm::TLM_ACCEPTED;
    if (!answering_) payload.release();
  }
}

void MemoryModule::sleep() {
  if (memory_.next_advance() != kEndOfTime) wake_at(memory_.next_advance());
  if (memory_.next_completion() != kEndOfTime && !answering_) wake_at(memory_.next_completion());
}

std::string MemoryModule::describe_state() const {
  return fmt::format("{} transactions in flight, {} wait to be taken in", memory_.in_flight(),
                     waiting_.size());
}

}  // namespace npulse::dram
