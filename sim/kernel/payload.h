// SPDX-License-Identifier: Apache-2.0
// Pooled TLM-2.0 payloads: one transaction is up to one DMA packet, never a beat.
#pragma once

#include <tlm>

#include <memory>
#include <vector>

#include "sim/core/units.h"

namespace npulse::sim {

/// Where a transaction goes besides its address, and who sent it.
struct Route : tlm::tlm_extension<Route> {
  std::uint16_t initiator = 0;       ///< Index of the sending port on the network; responses return to it.
  std::uint16_t target = 0;          ///< Index of the receiving port on the network.
  std::uint64_t cookie = 0;          ///< The initiator's own.

  tlm::tlm_extension_base* clone() const override { return new Route{*this}; }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const Route&>(other);
  }
};

/// Hands out payloads with a Route; takes them back when their reference count falls to zero.
class PayloadPool : public tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  ~PayloadPool() override;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;

  /// A payload with reference count 1.
  tlm::tlm_generic_payload& acquire(tlm::tlm_command command, Address address, std::uint32_t bytes);
  void free(tlm::tlm_generic_payload* payload) override { free_.push_back(payload); }

  static Route& route(tlm::tlm_generic_payload& payload) { return *payload.get_extension<Route>(); }

 private:
  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
};

/// sc_time from picoseconds without going through a double.
inline sc_core::sc_time to_sc_time(Picoseconds t) {
  return sc_core::sc_time::from_value(static_cast<std::uint64_t>(t.count()));
}
inline Picoseconds from_sc_time(const sc_core::sc_time& t) {
  return Picoseconds{static_cast<std::int64_t>(t.value())};
}

}  // namespace npulse::sim
