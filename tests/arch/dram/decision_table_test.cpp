// SPDX-License-Identifier: Apache-2.0
// What a table of decisions remembers is right, and every part of its states is needed for that.
#include "arch/dram/decision_table.h"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>

#include "arch/dram/memoized_scheduler.h"
#include "tests/support/binding_rules.h"
#include "tests/support/dma_traffic.h"
#include "tests/support/fast_cases.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

ControllerParams any_controller(std::uint64_t seed) {
  ControllerParams controller = fast_controller(seed);
  controller.queue_bursts = seed % 2 ? 64 : 256;
  if (seed % 3 == 1) controller.pass_limit = 24;
  return controller;
}

/// Traffic of one channel, and what becomes of it.
class Case {
 public:
  Case(const PartParams& params, std::uint64_t seed)
      : part_{params},
        controller_{any_controller(seed)},
        traffic_{params, controller_.queue_bursts, seed},
        seed_{seed} {}

  auto run(DecisionTable* table) const {
    MemoTable batches;
    const auto channel = make_fast_channel(part_, controller_, {&batches, table});
    const auto source = [&](std::uint64_t i) { return traffic_(i); };
    auto log = seed_ % 4 == 3 ? drive_with_gaps(*channel, traffic_.size(), source, seed_)
                              : drive(*channel, traffic_.size(), source);
    return std::pair{log.entries(), channel->counts()};
  }

 private:
  ResolvedPart part_;
  ControllerParams controller_;
  DmaTraffic traffic_;
  std::uint64_t seed_;
};

/// Between them everything binds: groups, ranks, and of a bank what others hide in shipped parts.
std::vector<PartParams> parts_that_bind() {
  std::vector<PartParams> parts;
  for (const auto& name : {"lpddr5-6400", "hbm3-6000-rngd", "ddr5-4800", "hbm3-6400"}) {
    parts.push_back(with_binding_rules(shipped_part(name)));
  }
  for (const auto timing : {&Timings::t_rc, &Timings::t_rcdrd, &Timings::t_rcdwr}) {
    parts.push_back(shipped_part("hbm3-6400"));
    parts.back().timing.*timing = TimingValue{0, 250};
  }
  return parts;
}

/// A request to one of few rows of any bank, often of one of few banks.
Request any_request(const Organisation& o, bool write, test::Random& random) {
  Request request;
  const std::int64_t few[] = {0, 1, o.total_banks() - 1};
  request.at.bank = static_cast<std::uint8_t>(
      random.coin() ? random.between(0, o.total_banks() - 1) : few[random.between(0, 2)]);
  request.at.row = static_cast<std::uint32_t>(random.between(0, 2));
  request.at.column = static_cast<std::uint16_t>(random.between(0, o.bursts_per_row() - 17));
  request.bursts = static_cast<std::uint16_t>(random.between(1, 16));
  request.write = write;
  return request;
}

/// Some steps of a scheduler, requests of one direction alone or of both; what came of them.
std::vector<std::int64_t> steps(GranuleScheduler& scheduler, const Organisation& o, int count,
                                std::optional<bool> write, test::Random& random) {
  std::vector<std::int64_t> came;
  Request finished;
  for (int i = 0; i < count; ++i) {
    const std::int64_t gap = random.between(0, 3) ? 0 : random.between(1, 60);
    scheduler.begin(scheduler.base() + Cycles{gap});
    scheduler.release_held();
    for (auto offers = random.between(0, 2); offers > 0; --offers) {
      const Request request = any_request(o, write ? *write : random.coin(), random);
      came.push_back(static_cast<std::int64_t>(scheduler.offer(request)));
    }
    if (random.between(0, 30) == 0) came.push_back(scheduler.refresh(scheduler.base()));
    if (!scheduler.empty()) {
      const Served s = scheduler.serve(nullptr, finished);
      came.insert(came.end(), {s.bursts, s.syncs, s.first_activate, s.last_column, s.activates,
                               s.conflicts, s.place, s.write, s.finished, finished.bursts});
    }
    came.push_back(scheduler.base().count());
  }
  return came;
}

/// A scheduler in some state, and what comes of it.
class Coded {
 public:
  Coded(const PartParams& params, std::uint64_t seed)
      : part_{params}, controller_{any_controller(seed)}, seed_{seed}, scheduler_{make()} {
    test::Random random{seed};
    steps(scheduler_, part_.organisation, 40, random.coin(), random);
    is_coded_ = scheduler_.encode(code_, rows_, requests_);
    right_ = future(scheduler_);
  }
  bool is_coded() const { return is_coded_; }
  const StateCode& code() const { return code_; }
  /// Whether a scheduler that is given this code instead does the same from there on.
  bool goes_on(const StateCode& code) const {
    GranuleScheduler other = make();
    other.decode(code, scheduler_.base_cell(), rows_, requests_);
    return future(other) == right_;
  }
  const Organisation& organisation() const { return part_.organisation; }
  std::size_t reservation_words() const {
    StateCode code;
    Reservation{part_, 0, 24}.encode(code, 0);
    return code.size();
  }

 private:
  GranuleScheduler make() const { return {part_, controller_, 0, nullptr, nullptr}; }
  std::vector<std::int64_t> future(GranuleScheduler scheduler) const {
    test::Random random{seed_ + 1};
    return steps(scheduler, part_.organisation, 60, std::nullopt, random);
  }

  ResolvedPart part_;
  ControllerParams controller_;
  std::uint64_t seed_;
  GranuleScheduler scheduler_;
  StateCode code_;
  RowNames rows_;
  AgeList<Request> requests_;
  bool is_coded_;
  std::vector<std::int64_t> right_;
};

/// The words of codes, by what they tell. Left out: which requests wait, and whether banks are
/// open, which the length of codes shows; the phase of the grids, which the base shows.
using WordsByMeaning = std::map<std::string, std::vector<std::size_t>>;

/// Follows what GranuleScheduler::encode() writes.
WordsByMeaning words_of(const Coded& coded) {
  const StateCode& code = coded.code();
  const Organisation& o = coded.organisation();
  WordsByMeaning words;
  std::size_t next = 1;
  const auto take = [&](const std::string& meaning) { words[meaning].push_back(next++); };
  take("direction");
  take("passed by reads");
  take("passed by writes");
  for (std::int64_t bank = 0; bank < o.total_banks(); ++bank) {
    const bool open = code[next++] != 0;
    take("next activate of a bank");
    if (!open) continue;
    for (const char* what : {"open row", "next precharge", "next read", "next write"}) {
      take(std::string{what} + " of a bank");
    }
  }
  for (std::int64_t group = 0; group < o.ranks * o.bank_groups; ++group) {
    take("next column of a group");
  }
  for (std::int64_t rank = 0; rank < o.ranks; ++rank) take("next column of a rank");
  take("rank");
  for (std::size_t promised = code[next++]; promised > 0; --promised) {
    take("end of what is promised");
    take("bursts that are promised");
    take("direction of what is promised");
  }
  for (next = code.size() - coded.reservation_words() + 1; next < code.size();) {
    take("reservation");
  }
  return words;
}

/// Soon full.
class SmallTable : public DecisionTable {
 public:
  SmallTable() : DecisionTable{0} {}
  State* intern(const StateCode& code, std::size_t rows,
                const GranuleScheduler& scheduler) override {
    return states() < 20 ? DecisionTable::intern(code, rows, scheduler) : nullptr;
  }
};

/// Leaves out how much time passes, or until when a refresh waits.
class TimeForgetter : public DecisionTable {
 public:
  TimeForgetter() : DecisionTable{0} {}
  void insert(const Key& key, const Step& step) override {
    DecisionTable::insert(key, step);
    const bool enters = (key.words[0] >> 24 & 255) == 0;
    for (std::uint64_t figure = 0; figure < 256 && !enters; ++figure) {
      Key other = key;
      other.words[2] = figure;
      if (!find(other)) DecisionTable::insert(other, step);
    }
  }
};

}  // namespace

TEST_CASE("With or without a table of decisions streams are the same",
          "[arch][dram][fast][decisions]") {
  for (const auto& name : shipped_variants()) {
    const PartParams params = shipped_part(name);
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
      const Case one{params, seed};
      DecisionTable table{0};
      INFO(name << ", seed " << seed);
      const auto right = one.run(nullptr);
      REQUIRE(one.run(&table) == right);
      const std::size_t states = table.states();
      REQUIRE(states > 0);
      REQUIRE(one.run(&table) == right);
      REQUIRE(table.states() == states);
      SmallTable full;
      REQUIRE(one.run(&full) == right);
    }
  }
}

TEST_CASE("A scheduler goes on from its code as it would have", "[arch][dram][fast][decisions]") {
  int coded = 0;
  for (const auto& name : shipped_variants()) {
    const PartParams params = shipped_part(name);
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
      const Coded state{params, seed};
      if (!state.is_coded()) continue;
      ++coded;
      INFO(name << ", seed " << seed);
      REQUIRE(state.goes_on(state.code()));
    }
  }
  CHECK(coded > 1000);
}

TEST_CASE("Every part of a scheduler's code is needed", "[arch][dram][fast][decisions]") {
  std::map<std::string, bool> needed;
  for (const auto& params : parts_that_bind()) {
    for (std::uint64_t seed = 0; seed < 80; ++seed) {
      const Coded state{params, seed};
      if (!state.is_coded()) continue;
      for (const auto& [meaning, words] : words_of(state)) {
        StateCode forgetful = state.code();
        for (const std::size_t word : words) forgetful[word] = 0;
        if (!needed[meaning]) needed[meaning] = !state.goes_on(forgetful);
      }
    }
  }
  CHECK(needed.size() >= 15);
  for (const auto& [meaning, is_needed] : needed) {
    INFO(meaning);
    CHECK(is_needed);
  }
}

TEST_CASE("A table that forgets how much time passes is wrong", "[arch][dram][fast][decisions]") {
  const PartParams params = shipped_part("lpddr5-6400");
  bool caught = false;
  for (std::uint64_t seed = 0; seed < 24 && !caught; ++seed) {
    const Case one{params, seed};
    TimeForgetter table;
    caught = one.run(&table) != one.run(nullptr);
  }
  CHECK(caught);
}
