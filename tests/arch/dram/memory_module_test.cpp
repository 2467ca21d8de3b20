// SPDX-License-Identifier: Apache-2.0
// The memory module between a scripted initiator and nothing else.
#include "arch/dram/memory_module.h"

#include <tlm_utils/simple_initiator_socket.h>

#include <catch2/catch.hpp>

#include "sim/core/error.h"
#include "sim/kernel/simulation.h"
#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

const ClockDomain kClock{"initiator", Hertz{1'000'000'000'000}};  // a cycle is a picosecond

struct Scripted {
  Picoseconds at, delay;
  Address address;
  std::uint32_t bytes;
  bool write = false;
};

/// What became of a scripted request.
struct Outcome {
  std::optional<Picoseconds> taken, done;
  bool operator==(const Outcome&) const = default;
};

/// Sends requests at given times; as behind a crossbar, it does not wait for END_REQ.
class Initiator : public sim::Module {
 public:
  Initiator(const sc_core::sc_module_name& name, sim::Simulation& simulation,
            std::vector<Scripted> script, Picoseconds end_response_after = Picoseconds{0})
      : Module{name, simulation, kClock},
        outcomes(script.size()),
        script_{std::move(script)},
        end_response_after_{end_response_after} {
    out.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
    if (!script_.empty()) wake_at(script_.front().at);
  }
  tlm_utils::simple_initiator_socket<Initiator> out{"out"};

  bool idle() const override { return next_ == script_.size() && !ending_; }
  std::string describe_state() const override { return ""; }

  std::vector<Outcome> outcomes;
  int responses_at_once = 0;

 private:
  void step() override {
    if (ending_ && time() >= end_at_) {
      tlm::tlm_phase phase = tlm::END_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      out->nb_transport_fw(*std::exchange(ending_, nullptr), phase, delay);
    }
    for (; next_ < script_.size() && script_[next_].at <= time(); ++next_) send(next_);
    if (next_ < script_.size()) wake_at(script_[next_].at);
    if (ending_) wake_at(end_at_);
  }
  void send(std::size_t i) {
    const Scripted& s = script_[i];
    auto& payload =
        pool_.acquire(s.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, s.address, s.bytes);
    sim::PayloadPool::route(payload).cookie = i;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sim::to_sc_time(s.delay);
    if (out->nb_transport_fw(payload, phase, delay) == tlm::TLM_UPDATED) {
      REQUIRE(phase == tlm::END_REQ);
      outcomes[i].taken = time();
    }
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) {
    Outcome& outcome = outcomes[sim::PayloadPool::route(payload).cookie];
    if (phase == tlm::END_REQ) {
      outcome.taken = time();
      return tlm::TLM_ACCEPTED;
    }
    outcome.done = time();
    REQUIRE(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
    payload.release();
    if (end_response_after_ == Picoseconds{0}) return tlm::TLM_COMPLETED;
    REQUIRE_FALSE(ending_);
    ending_ = &payload;
    end_at_ = time() + end_response_after_;
    wake_at(end_at_);
    return tlm::TLM_ACCEPTED;
  }

  std::vector<Scripted> script_;
  Picoseconds end_response_after_, end_at_{};
  tlm::tlm_generic_payload* ending_ = nullptr;
  sim::PayloadPool pool_;
  std::size_t next_ = 0;
};

MemoryParams memory_of(std::int64_t channels, ControllerParams controller = {}) {
  MemoryParams params;
  params.channels = channels;
  params.controller = controller;
  return params;
}

/// A memory that steps every `interval` although it has nothing to do.
class RestlessMemory : public MemoryModule {
 public:
  RestlessMemory(const sc_core::sc_module_name& name, sim::Simulation& simulation,
                 const PartParams& part, const MemoryParams& params, Picoseconds interval)
      : MemoryModule{name, simulation, part, params}, interval_{interval} {
    if (interval_ > Picoseconds{0}) wake_at(interval_);
  }

 private:
  void step() override {
    MemoryModule::step();
    if (interval_ > Picoseconds{0} && !idle()) wake_at(time() + interval_);
  }
  Picoseconds interval_;
};

struct Run {
  std::vector<Outcome> outcomes;
  ChannelCounts counts;
  Picoseconds end;
};

Run run(const std::string& part, const MemoryParams& params, const std::vector<Scripted>& script,
        Picoseconds end_response_after = {}, Picoseconds interval = {}) {
  sim::Simulation simulation;
  auto& memory = simulation.make<RestlessMemory>("memory", shipped_part(part), params, interval);
  auto& initiator = simulation.make<Initiator>("initiator", script, end_response_after);
  initiator.out.bind(memory.in);
  const Picoseconds end = simulation.run();
  return {initiator.outcomes, memory.memory().total_counts(), end};
}

std::vector<Scripted> stream_of(int count, Picoseconds gap, std::uint32_t bytes = 4096) {
  std::vector<Scripted> script;
  for (int i = 0; i < count; ++i) {
    script.push_back({Picoseconds{i * gap.count()}, {}, static_cast<Address>(i) * bytes, bytes});
  }
  return script;
}

}  // namespace

TEST_CASE("An unloaded read through the module takes front end, device and back end",
          "[arch][dram]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  const Picoseconds annotated{20'000};  // a whole number of clocks, as is the front end
  MemoryParams params = memory_of(1);
  params.engine = MemoryEngine::reference;
  const Run result = run("lpddr5-6400", params, {{Picoseconds{5'000}, annotated, 0, 32}});
  const Cycles device = part.ticks_per_clock + part.ticks("t_rcd + rl + burst");
  REQUIRE(result.outcomes[0].taken == Picoseconds{5'000});
  REQUIRE(result.outcomes[0].done == Picoseconds{5'000} + annotated + Picoseconds{10'000} +
                                         part.clock.time_of(device) + Picoseconds{10'000});
}

TEST_CASE("The module withholds END_REQ while a channel is full, and serves all in the end",
          "[arch][dram]") {
  ControllerParams controller;
  controller.backlog_bursts = 64;
  const Run result = run("lpddr5-6400", memory_of(1, controller), stream_of(100, Picoseconds{0}));
  int withheld = 0;
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    REQUIRE(result.outcomes[i].taken);
    REQUIRE(result.outcomes[i].done);
    withheld += *result.outcomes[i].taken > Picoseconds{0};
    if (i > 0) REQUIRE(*result.outcomes[i].taken >= *result.outcomes[i - 1].taken);
  }
  REQUIRE(withheld == 99);
  REQUIRE(result.counts.of(Command::rd) == 100 * 128);
}

TEST_CASE("A full module still streams near the refresh limit", "[arch][dram]") {
  for (const auto& name : shipped_parts()) {
    const PartParams params = shipped_part(name);
    const ResolvedPart part{params};
    const std::int64_t channels = 4;
    // Some time after start and before the end count for nothing.
    const int count = 2000;
    const Run result = run(name, memory_of(channels), stream_of(count, Picoseconds{0}));
    const double seconds = static_cast<double>(result.end.count()) * 1e-12;
    const double share =
        count * 4096.0 / seconds / static_cast<double>(channels * part.channel_bytes_per_s());
    INFO(name << ": " << share);
    REQUIRE(share <= 1.0);
    REQUIRE(share >= (params.family == Family::lpddr5 ? 0.90 : 0.80));
  }
}

TEST_CASE("Waking the module for nothing changes nothing", "[arch][dram]") {
  const auto engine = GENERATE(MemoryEngine::fast, MemoryEngine::reference);
  for (const double front : {0.0, 10.0}) {
    ControllerParams controller;
    controller.front_end_ns = front;
    controller.backlog_bursts = 32;
    MemoryParams params = memory_of(2, controller);
    params.engine = engine;
    std::vector<Scripted> script = stream_of(60, Picoseconds{1'234}, 1024);
    for (std::size_t i = 0; i < script.size(); i += 3) script[i].write = true;
    const Run quiet = run("hbm3-6400", params, script);
    REQUIRE(quiet.counts.bursts() == 60 * 32);
    Run restless = run("hbm3-6400", params, script, {}, Picoseconds{997});
    REQUIRE(restless.outcomes == quiet.outcomes);
    // Idle time counts as far as a channel was advanced, until Memory::settle() at the end of a
    // run.
    restless.counts.state_ticks = quiet.counts.state_ticks;
    REQUIRE(restless.counts == quiet.counts);
  }
}

TEST_CASE("A response waits for the end of the one before it", "[arch][dram]") {
  const Picoseconds slow{50'000};
  const Run result = run("hbm3-6400", memory_of(4), stream_of(10, Picoseconds{0}, 256), slow);
  std::vector<Picoseconds> done;
  for (const auto& outcome : result.outcomes) done.push_back(outcome.done.value());
  std::sort(done.begin(), done.end());
  for (std::size_t i = 1; i < done.size(); ++i) REQUIRE(done[i] - done[i - 1] >= slow);
}

TEST_CASE("The same run twice gives the same times", "[arch][dram]") {
  const auto script = stream_of(200, Picoseconds{777}, 2048);
  const Run a = run("hbm3-6000-rngd", memory_of(8), script);
  const Run b = run("hbm3-6000-rngd", memory_of(8), script);
  REQUIRE(a.outcomes == b.outcomes);
  REQUIRE(a.end == b.end);
}

TEST_CASE("An address beyond the memory ends the run with a typed error", "[arch][dram]") {
  sim::Simulation simulation;
  auto& memory = simulation.make<MemoryModule>("memory", shipped_part("hbm3-6400"), memory_of(1));
  auto& initiator = simulation.make<Initiator>(
      "initiator", std::vector<Scripted>{{{}, {}, Address{1} << 40, 64}});
  initiator.out.bind(memory.in);
  REQUIRE_THROWS_AS(simulation.run(), InputError);
}

TEST_CASE("The module's statistics follow its channels", "[arch][dram]") {
  sim::Simulation simulation;
  auto& memory = simulation.make<MemoryModule>("memory", shipped_part("hbm3-6400"), memory_of(2));
  auto& initiator = simulation.make<Initiator>("initiator", stream_of(8, Picoseconds{0}, 1024));
  initiator.out.bind(memory.in);
  simulation.run();
  memory.settle();
  std::map<std::string, double> values;
  for (const Stat* stat : memory.stats()->stats()) values[stat->name()] = stat->value();
  REQUIRE(values.at("bytes_read") == 8 * 1024);
  REQUIRE(values.at("read_bursts") == 8 * 32);
  REQUIRE(values.at("row_hits") + values.at("row_misses") + values.at("row_conflicts") == 8 * 32);
}
