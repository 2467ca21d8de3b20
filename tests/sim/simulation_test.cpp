// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/simulation.h"

#include <catch2/catch.hpp>

#include "sim/core/error.h"

using namespace npulse;

namespace {

const ClockDomain kClock{"core", Hertz{1'000'000'000}};

/// Wakes `count` times, `gap` cycles apart, then does what the test says.
class Ticker : public sim::Module {
 public:
  Ticker(const char* name, sim::Simulation& simulation, int count, Cycles gap)
      : Module{name, simulation, kClock}, left_{count}, gap_{gap} {
    wake_at(gap_);
  }
  bool idle() const override { return left_ == 0; }
  std::string describe_state() const override { return std::to_string(left_) + " ticks left"; }
  bool stall = false, fault = false;

 private:
  void step() override {
    if (fault) throw InputError{"here", "typed"};
    if (--left_ > 0 && !stall) wake_at(now() + gap_);
  }
  int left_;
  Cycles gap_;
};

}  // namespace

TEST_CASE("A run ends at the time of its last event", "[kernel]") {
  sim::Simulation simulation;
  simulation.make<Ticker>("a", 3, Cycles{5000});
  simulation.make<Ticker>("b", 7, Cycles{11});
  REQUIRE(simulation.run() == Picoseconds{15'000'000});
}

TEST_CASE("Many simulations live one after another in one process", "[kernel]") {
  for (int i = 0; i < 50; ++i) {
    sim::Simulation simulation;
    simulation.make<Ticker>("a", 10, Cycles{3});
    REQUIRE(simulation.run() == Picoseconds{30'000});
  }
}

TEST_CASE("A second live simulation is refused", "[kernel]") {
  sim::Simulation first;
  REQUIRE_THROWS_AS(sim::Simulation{}, SimulationError);
}

TEST_CASE("An exception of a module leaves the run with its type, and the next run works", "[kernel]") {
  {
    sim::Simulation simulation;
    simulation.make<Ticker>("a", 3, Cycles{5}).fault = true;
    REQUIRE_THROWS_AS(simulation.run(), InputError);
  }
  sim::Simulation simulation;
  simulation.make<Ticker>("a", 1, Cycles{5});
  REQUIRE(simulation.run() == Picoseconds{5000});
}

TEST_CASE("A stuck module is a deadlock that names its state", "[kernel]") {
  sim::Simulation simulation;
  simulation.make<Ticker>("npu", 3, Cycles{5}).stall = true;
  REQUIRE_THROWS_WITH(simulation.run(), Catch::Contains("npu: 2 ticks left"));
}

TEST_CASE("Polling between slices can interrupt a run", "[kernel]") {
  sim::Simulation simulation;
  simulation.make<Ticker>("a", 1 << 30, Cycles{1000});
  int polls = 0;
  const sim::RunControl control{[&](Picoseconds) { if (++polls == 10) throw Interrupted{}; }, {}};
  REQUIRE_THROWS_AS(simulation.run(control), Interrupted);
}

TEST_CASE("A time limit ends a run as a simulated failure", "[kernel]") {
  sim::Simulation simulation;
  simulation.make<Ticker>("a", 1 << 30, Cycles{1000});
  REQUIRE_THROWS_AS(simulation.run({{}, Picoseconds{100'000'000}}), SimulationError);
}
