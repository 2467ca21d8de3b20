// SPDX-License-Identifier: Apache-2.0
// Speed of the memory module end to end: queues that stream in transactions of 4 KiB over TLM-2.0.
#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdlib>
#include <ctime>
#include <utility>

#include "arch/dram/memory_module.h"
#include "arch/dram/part_file.h"
#include "sim/kernel/simulation.h"

namespace {

using namespace npulse;
using namespace npulse::dram;

constexpr std::int64_t kTransaction = 4096;
constexpr std::size_t kInFlight = 16;  // transactions, of all queues
constexpr Address kApart = 1u << 26;   // of queues
const ClockDomain kClock{"queues", Hertz{1'000'000'000}};

/// Each queue reads on through memory, with a number of transactions in flight.
class Queues : public sim::Module {
 public:
  Queues(const sc_core::sc_module_name& name, sim::Simulation& simulation, std::size_t count,
         int outstanding, std::int64_t bytes)
      : Module{name, simulation, kClock}, next_(count), left_{bytes / kTransaction} {
    out.register_nb_transport_bw(this, &Queues::nb_transport_bw);
    for (std::size_t q = 0; q < count; ++q) next_[q] = q * kApart;
    for (std::size_t i = 0; i < count * static_cast<std::size_t>(outstanding); ++i) {
      due_.push_back(i % count);
    }
    wake_at(Picoseconds{0});
  }
  tlm_utils::simple_initiator_socket<Queues> out{"out"};

  bool idle() const override { return left_ == 0; }
  std::string describe_state() const override { return ""; }

 private:
  void step() override {
    for (const std::size_t queue : std::exchange(due_, {})) send(queue);
  }
  void send(std::size_t queue) {
    if (left_ == 0) return;
    --left_;
    auto& payload = pool_.acquire(tlm::TLM_READ_COMMAND, next_[queue], kTransaction);
    next_[queue] = queue * kApart + (next_[queue] + kTransaction) % kApart;
    sim::PayloadPool::route(payload).cookie = queue;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    out->nb_transport_fw(payload, phase, delay);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) {
    if (phase == tlm::END_REQ) return tlm::TLM_ACCEPTED;
    due_.push_back(sim::PayloadPool::route(payload).cookie);
    payload.release();
    wake_at(time());
    return tlm::TLM_COMPLETED;
  }

  std::vector<Address> next_;
  std::vector<std::size_t> due_;  ///< Queues that have a transaction to send.
  std::int64_t left_;
  sim::PayloadPool pool_;
};

/// Million bursts of 32 B a CPU second.
double measure(const PartParams& part, const MemoryParams& params, std::size_t queues,
               std::int64_t bytes) {
  sim::Simulation simulation;
  auto& memory = simulation.make<MemoryModule>("memory", part, params);
  auto& reader =
      simulation.make<Queues>("queues", queues, static_cast<int>(kInFlight / queues), bytes);
  reader.out.bind(memory.in);
  const std::clock_t begin = std::clock();
  simulation.run();
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return static_cast<double>(bytes / 32) / seconds / 1e6;
}

MemoryParams params_of(const PartParams& part, std::int64_t channels, std::int64_t granule) {
  MemoryParams params;
  params.channels = channels;
  params.mapping = part.mapping;
  params.mapping->granule_bytes = granule;
  params.controller.queue_bursts = 256;
  params.controller.backlog_bursts = 1024;
  return params;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t megabytes = argc > 1 ? std::atoll(argv[1]) : 2048;
  const auto catalogue = Catalogue::locate();
  fmt::print(
      "Million bursts of 32 B a CPU second, SystemC included; 16 transactions of 4 KiB in "
      "flight.\n\n{:16} {:>9} {:>9} {:>12} {:>12}\n",
      "part", "channels", "granule", "four queues", "one queue");
  for (const char* name : {"hbm3-6400", "lpddr5x-8533"}) {
    const PartParams part = load_part(catalogue, name);
    for (const auto& [channels, granule] :
         {std::pair{1, 256}, {1, 4096}, {part.channels, 256}, {part.channels, 4096}}) {
      const MemoryParams params = params_of(part, channels, granule);
      const std::int64_t bytes = megabytes << 20;
      fmt::print("{:16} {:9} {:9} {:12.0f} {:12.0f}\n", name, channels, granule,
                 measure(part, params, 4, bytes), measure(part, params, 1, bytes));
    }
  }
}
