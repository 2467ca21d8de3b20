// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/payload.h"

namespace npulse::sim {

PayloadPool::~PayloadPool() = default;

tlm::tlm_generic_payload& PayloadPool::acquire(tlm::tlm_command command, Address address,
                                               std::uint32_t bytes) {
  if (free_.empty()) {
    auto payload = std::make_unique<tlm::tlm_generic_payload>(this);
    payload->set_extension(new Route);
    free_.push_back(payload.get());
    all_.push_back(std::move(payload));
  }
  tlm::tlm_generic_payload& payload = *free_.back();
  free_.pop_back();
  payload.acquire();
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  return payload;
}

}  // namespace npulse::sim
