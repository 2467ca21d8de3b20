// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/spm_module.h"

#include <tlm_utils/simple_initiator_socket.h>

#include <catch2/catch.hpp>

#include "sim/kernel/payload.h"
#include "sim/kernel/simulation.h"

using namespace npulse;

namespace {

const ClockDomain kClock{"core", Hertz{1'000'000'000}};

/// Sends reads and writes at cycle 0, annotated to arrive at `arrival`, and notes the answers.
class Sender : public sim::Module {
 public:
  Sender(const sc_core::sc_module_name& name, sim::Simulation& simulation,
         std::vector<std::uint32_t> writes, Cycles arrival)
      : Module{name, simulation, kClock}, writes_{std::move(writes)}, arrival_{arrival} {
    out.register_nb_transport_bw(this, &Sender::answered);
    wake_at(Cycles{0});
  }
  tlm_utils::simple_initiator_socket<Sender> out{"out"};
  bool idle() const override { return answers.size() == writes_.size(); }
  std::string describe_state() const override { return "waits for answers"; }

  std::vector<Cycles> answers;

 private:
  void step() override {
    for (const std::uint32_t bytes : writes_) {
      auto& payload = pool_.acquire(tlm::TLM_WRITE_COMMAND, 0, bytes);
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay = sim::to_sc_time(clock().time_of(arrival_));
      REQUIRE(out->nb_transport_fw(payload, phase, delay) == tlm::TLM_UPDATED);
      REQUIRE(phase == tlm::END_REQ);
    }
  }
  tlm::tlm_sync_enum answered(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay) {
    REQUIRE(phase == tlm::BEGIN_RESP);
    REQUIRE(payload.is_response_ok());
    answers.push_back(clock().first_at_or_after(time() + sim::from_sc_time(delay)));
    payload.release();
    return tlm::TLM_COMPLETED;
  }

  sim::PayloadPool pool_;
  std::vector<std::uint32_t> writes_;
  Cycles arrival_;
};

}  // namespace

TEST_CASE("Transactions are answered when their bytes have moved, one behind the other",
          "[arch][spm][kernel]") {
  sim::Simulation simulation;
  arch::SpmParams params;
  const std::int64_t peak = params.bytes_per_cycle().count();
  const auto packet = static_cast<std::uint32_t>(params.window.count() * peak);
  const Cycles arrival = params.window * 2;
  auto& spm = simulation.make<arch::SpmModule>("spm", kClock, params);
  auto& sender =
      simulation.make<Sender>("sender", std::vector<std::uint32_t>{packet, packet}, arrival);
  sender.out.bind(spm.requests);
  simulation.run();
  const Cycles first = arrival + params.window + params.access_latency;
  REQUIRE(sender.answers == std::vector<Cycles>{first, first + params.window});
  REQUIRE(spm.scratchpad().stats().write_bytes.count() == 2 * std::int64_t{packet});
  REQUIRE(spm.scratchpad().stats().remote_conflict_cycles.count() == params.window.count());
  REQUIRE(spm.idle());
}

TEST_CASE("A memory that is on no network needs no binding", "[arch][spm][kernel]") {
  sim::Simulation simulation;
  auto& acc = simulation.make<arch::SpmModule>("acc", kClock, arch::SpmParams{});
  simulation.run();
  REQUIRE(acc.idle());
}
