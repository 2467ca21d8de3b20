// SPDX-License-Identifier: Apache-2.0
// What a memo table remembers is right, and every part of its key is needed for that.
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>

#include "tests/support/binding_rules.h"
#include "tests/support/dram_traffic.h"
#include "tests/support/forgetful_tables.h"
#include "tests/support/reservation_cases.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

/// A part with a lookahead, and what is right for it.
class Bench {
 public:
  Bench(const PartParams& params, std::int64_t lookahead) : part_{params}, lookahead_{lookahead} {
    for (std::uint64_t seed = 0; seed < kCases; ++seed) right_.push_back(places(seed, nullptr));
  }
  const ResolvedPart& part() const { return part_; }
  /// Whether the table leads to what is right in all cases.
  bool agrees(MemoTable& table) const {
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
      if (places(seed, &table) != right_[seed]) return false;
    }
    return true;
  }
  /// Whether such a table, a new one a case so that it does not fill up, is wrong in some case.
  template <class Table, class Weakness>
  bool catches(const Weakness& weakness) const {
    for (std::uint64_t seed = 0; seed < kCases; ++seed) {
      Table table{weakness};
      if (places(seed, &table) != right_[seed]) return true;
    }
    return false;
  }

 private:
  static constexpr std::uint64_t kCases = 1800;
  std::vector<std::int64_t> places(std::uint64_t seed, MemoTable* table) const {
    return reservations(part_, lookahead_, seed, table);
  }

  ResolvedPart part_;
  std::int64_t lookahead_;
  std::vector<std::vector<std::int64_t>> right_;
};

/// Reads of other ranks, and writes of a group, further apart than what else would hold them.
PartParams with_long_spacings(PartParams part) {
  Timings& t = part.timing;
  if (t.t_ccd_r) t.t_ccd_r = TimingValue{0, 60};
  if (t.t_ccd_l_wr) t.t_ccd_l_wr = TimingValue{0, 80};
  return part;
}

using Benches = std::vector<std::unique_ptr<Bench>>;

/// Between them everything binds: WCK, ranks, groups, windows.
Benches all_benches() {
  Benches benches;
  for (const auto& name : {"lpddr5-6400", "hbm3-6000-rngd", "ddr5-4800"}) {
    const PartParams part = with_long_spacings(with_binding_rules(shipped_part(name)));
    for (const std::int64_t lookahead : {6, 24}) {
      benches.push_back(std::make_unique<Bench>(part, lookahead));
    }
  }
  return benches;
}

struct StatePart {
  std::string name;
  std::vector<std::size_t> words;
};

/// What Reservation::encode() writes, by meaning.
std::vector<StatePart> state_parts(const ResolvedPart& part) {
  std::size_t next = 0;
  const auto take = [&](std::size_t count) {
    std::vector<std::size_t> words(count);
    for (std::size_t& word : words) word = next++;
    return words;
  };
  std::vector<StatePart> parts{{"phase of the grids", take(1)},
                               {"rank", take(1)},
                               {"cells of columns", take(5)},
                               {"cells of rows", take(5)}};
  StatePart activates{"next activate of a group", {}}, reads{"next read of a group", {}},
      writes{"next write of a group", {}};
  const auto& o = part.organisation;
  for (std::int64_t group = 0; group < o.ranks * o.bank_groups; ++group) {
    for (StatePart* p : {&activates, &reads, &writes}) p->words.push_back(next++);
  }
  parts.insert(parts.end(), {activates, reads, writes});
  std::vector<std::size_t> last_activate = take(2);  // both of its next ones
  parts.push_back({"turnaround", take(2)});
  for (const char* nth : {"first", "second", "third"}) {
    parts.push_back({std::string{nth} + " activate of the window", take(1)});
  }
  last_activate.push_back(take(1).front());
  parts.push_back({"last activate", last_activate});
  parts.push_back({"end of WCK", take(1)});
  parts[1].words.push_back(take(1).front());  // and when another one can be read
  return parts;
}

struct RequestPart {
  std::string name;
  KeyField field;
};

/// What MemoizedReservation::key_of() packs beside the state; of waits, as much as the cases use.
std::vector<RequestPart> request_parts() {
  constexpr std::size_t kWaitBits = 5;
  static_assert(kLongestWait < 1 << kWaitBits);
  std::vector<RequestPart> parts{{"clipped arrival", {0, 8}}, {"direction", {8, 1}}};
  for (const std::size_t granule : {0, 1, 2, 3}) {
    const std::size_t first = 64 + 32 * granule;
    const std::string of = " of granule " + std::to_string(granule);
    parts.push_back({"wait for the activate" + of, {first, kWaitBits}});
    parts.push_back({"wait for column or precharge" + of, {first + 8, kWaitBits}});
    parts.push_back({"bank group" + of, {first + 16, 6}});
    parts.push_back({"row hit" + of, {first + 22, 2}});
    parts.push_back({"bursts" + of, {first + 24, 5}});
  }
  return parts;
}

/// Remembers how long codes are, and which bits of keys it was shown set.
class ListeningTable : public MemoTable {
 public:
  std::optional<StateId> intern(const StateCode& code) override {
    lengths.insert(code.size());
    return MemoTable::intern(code);
  }
  void insert(const Key& key, const Step& step) override {
    for (std::size_t w = 0; w < key.words.size(); ++w) set_bits[w] |= key.words[w];
    MemoTable::insert(key, step);
  }
  std::set<std::size_t> lengths;
  std::array<std::uint64_t, 3> set_bits{};
};

/// Batches that hardly ever come again, of one granule each; a sum of where they came to lie.
std::uint64_t irregular(const ResolvedPart& part, std::uint64_t seed, int batches,
                        MemoTable* table) {
  test::Random random{seed};
  MemoizedReservation reservation{part, 0, 24, table};
  std::uint64_t sum = 0;
  for (int i = 0; i < batches; ++i) {
    const Granule granule = any_granule(part, true, random);
    const BatchPlacement placed = reservation.reserve({&granule, 1});
    sum = 31 * sum + placed.granules[0].last_column;
  }
  return sum + static_cast<std::uint64_t>(reservation.base().count());
}

}  // namespace

TEST_CASE("With or without a table reservations are the same", "[arch][dram][fast][memo]") {
  for (const auto& bench : all_benches()) {
    MemoTable table;
    INFO(bench->part().params.name);
    CHECK(bench->agrees(table));
    CHECK(table.steps() > 10'000);
  }
}

TEST_CASE("A table that is full changes nothing", "[arch][dram][fast][memo]") {
  const ResolvedPart part{shipped_part("hbm3-6400")};
  MemoTable table;
  std::size_t before = 0;
  std::uint64_t seed = 0;
  do {
    before = table.steps();
    irregular(part, ++seed, 4000, &table);
  } while (table.steps() > before);
  INFO(table.states() << " states, " << table.steps() << " steps");
  for (std::uint64_t again = 1; again <= seed; again += 5) {
    REQUIRE(irregular(part, again, 4000, &table) == irregular(part, again, 4000, nullptr));
  }
}

TEST_CASE("A table that is not asked for a while, then again, changes nothing",
          "[arch][dram][fast][memo]") {
  const ResolvedPart part{shipped_part("lpddr5-6400")};
  MemoTable table;
  const std::uint64_t right = irregular(part, 1, 200'000, nullptr);
  REQUIRE(irregular(part, 1, 200'000, &table) == right);
  const std::size_t steps = table.steps();
  REQUIRE(steps < 20'000);  // it gave up soon
  REQUIRE(irregular(part, 1, 200'000, &table) == right);
}

TEST_CASE("The mutations of the memo's key leave no part of it out", "[arch][dram][fast][memo]") {
  for (const auto& bench : all_benches()) {
    ListeningTable table;
    CHECK(bench->agrees(table));
    std::size_t words = 0;
    for (const auto& part : state_parts(bench->part())) words += part.words.size();
    CHECK(table.lengths == std::set<std::size_t>{words});
    std::array<std::uint64_t, 3> named{~std::uint64_t{0} << 32, 0, 0};  // the state's number
    for (const auto& [name, field] : request_parts()) {
      const std::uint64_t mask = (std::uint64_t{1} << field.bits) - 1;
      named[field.first_bit / 64] |= mask << field.first_bit % 64;
    }
    for (std::size_t w = 0; w < named.size(); ++w) CHECK((table.set_bits[w] & ~named[w]) == 0);
  }
}

TEST_CASE("A memo that forgets any part of the state is wrong", "[arch][dram][fast][memo]") {
  const Benches benches = all_benches();
  const std::size_t count = state_parts(benches.front()->part()).size();
  REQUIRE(count >= 13);
  for (std::size_t i = 0; i < count; ++i) {
    const bool caught = std::any_of(benches.begin(), benches.end(), [&](const auto& bench) {
      StateForgetter table{state_parts(bench->part())[i].words};
      return !bench->agrees(table);
    });
    INFO(state_parts(benches.front()->part())[i].name);
    CHECK(caught);
  }
}

TEST_CASE("A memo that forgets any part of a request is wrong", "[arch][dram][fast][memo]") {
  const Benches benches = all_benches();
  for (const auto& [name, field] : request_parts()) {
    const bool caught = std::any_of(benches.begin(), benches.end(), [&](const auto& bench) {
      return bench->template catches<FieldForgetter>(field);
    });
    INFO(name);
    CHECK(caught);
  }
}
