// SPDX-License-Identifier: Apache-2.0
#include "arch/noc/crossbar_module.h"

namespace npulse::arch {
namespace {

std::vector<Link> core_links(const ClockDomain& clock, const NocParams& params, std::uint16_t cores) {
  return std::vector<Link>(cores, Link{params.core_bytes_per_cycle * clock.frequency().count()});
}

std::vector<Link> target_links(const ClockDomain& clock, const NocParams& params,
                               std::uint16_t cores) {
  std::vector<Link> links = core_links(clock, params, cores);
  links.insert(links.begin(), Link{params.memory_bytes_per_cycle * clock.frequency().count()});
  return links;
}

}  // namespace

std::span<const EnumName<NocKind>> enum_names(NocKind) {
  static constexpr EnumName<NocKind> kNames[] = {{NocKind::crossbar, "crossbar"}};
  return kNames;
}

CrossbarModule::CrossbarModule(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                               const ClockDomain& clock, const NocParams& params,
                               std::vector<std::uint16_t> core_of_initiator, std::uint16_t cores)
    : Module{name, simulation, clock},
      core_of_initiator_{std::move(core_of_initiator)},
      requests_{core_links(clock, params, cores), target_links(clock, params, cores),
                clock.time_of(params.hop_cycles)},
      responses_{target_links(clock, params, cores), core_links(clock, params, cores),
                 clock.time_of(params.hop_cycles)},
      stats_{[this] { return static_cast<double>((requests_.waited() + responses_.waited()).count()); }} {
  in.register_nb_transport_fw(this, &CrossbarModule::nb_transport_fw);
  out.register_nb_transport_bw(this, &CrossbarModule::nb_transport_bw);
}

tlm::tlm_sync_enum CrossbarModule::nb_transport_fw(int initiator,
                                                   tlm::tlm_generic_payload& payload,
                                                   tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  sim::Route& route = sim::PayloadPool::route(payload);
  route.initiator = static_cast<std::uint16_t>(initiator);
  const std::int64_t bytes = payload.is_write() ? payload.get_data_length() : 0;
  delay = cross(requests_, core_of_initiator_[route.initiator], route.target, bytes, delay);
  return out[route.target]->nb_transport_fw(payload, phase, delay);
}

tlm::tlm_sync_enum CrossbarModule::nb_transport_bw(int target, tlm::tlm_generic_payload& payload,
                                                   tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  const sim::Route& route = sim::PayloadPool::route(payload);
  const int initiator = route.initiator;
  if (phase == tlm::BEGIN_RESP) {
    const std::int64_t bytes = payload.is_read() ? payload.get_data_length() : 0;
    delay = cross(responses_, static_cast<std::size_t>(target), core_of_initiator_[route.initiator],
                  bytes, delay);
  }
  return in[initiator]->nb_transport_bw(payload, phase, delay);
}

sc_core::sc_time CrossbarModule::cross(Crossbar& network, std::size_t from, std::size_t to,
                                       std::int64_t bytes, const sc_core::sc_time& delay) {
  ++stats_.packets;
  stats_.bytes += bytes;
  const Picoseconds begin = time() + sim::from_sc_time(delay);
  return sim::to_sc_time(network.pass(begin, from, to, bytes) - time());
}

}  // namespace npulse::arch
