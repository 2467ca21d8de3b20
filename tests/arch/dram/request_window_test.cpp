// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/request_window.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "arch/dram/inbox.h"

using namespace npulse;
using namespace npulse::dram;

namespace {

Request request_of(std::uint64_t id, std::uint8_t bank, std::uint32_t row, std::uint16_t column = 0,
                   std::uint16_t bursts = 1, bool write = false) {
  return {id, {0, bank, column, row}, bursts, write, {}};
}

constexpr Direction kRead = Direction::read, kWrite = Direction::write;

}  // namespace

TEST_CASE("A request hits when its row is open, whichever came first", "[arch][dram]") {
  RequestWindow window{4, 8};
  window.insert(request_of(0, 2, 7));
  REQUIRE(window.waiting(kRead) == bit_of(2));
  REQUIRE(window.hits(kRead) == 0);
  window.row_opened(2, 7);
  REQUIRE(window.hits(kRead) == bit_of(2));
  window.insert(request_of(1, 1, 3));
  window.row_opened(1, 4);
  REQUIRE(window.hits(kRead) == bit_of(2));
  window.insert(request_of(2, 1, 4));
  REQUIRE(window.hits(kRead) == (bit_of(1) | bit_of(2)));
  REQUIRE(window.hit(kRead, 1).id == 2);
  REQUIRE(window.oldest(kRead, 1).id == 1);
  window.row_closed(1);
  REQUIRE(window.hits(kRead) == bit_of(2));
  REQUIRE(window.waiting(kRead) == (bit_of(1) | bit_of(2)));
}

TEST_CASE("A run is served burst by burst, then the next hit follows", "[arch][dram]") {
  RequestWindow window{1, 8};
  window.row_opened(0, 5);
  window.insert(request_of(0, 0, 9));
  window.insert(request_of(1, 0, 5, 10, 3));
  window.insert(request_of(2, 0, 5, 20));
  for (std::uint16_t i = 0; i < 3; ++i) {
    REQUIRE(window.hit(kRead, 0).at.column == 10 + i);
    const auto served = window.serve_hit(kRead, 0);
    REQUIRE(served.has_value() == (i == 2));
  }
  REQUIRE(window.hit(kRead, 0).id == 2);
  REQUIRE(window.serve_hit(kRead, 0)->id == 2);
  REQUIRE(window.hits(kRead) == 0);
  REQUIRE(window.oldest(kRead, 0).id == 0);
  REQUIRE(window.bursts(kRead) == 1);
}

TEST_CASE("Only requests of the other direction to the same bursts conflict", "[arch][dram]") {
  RequestWindow window{2, 8};
  window.insert(request_of(0, 1, 5, 8, 4, true));
  REQUIRE(window.conflicts(request_of(1, 1, 5, 11)));
  REQUIRE(window.conflicts(request_of(1, 1, 5, 4, 5)));
  REQUIRE_FALSE(window.conflicts(request_of(1, 1, 5, 12)));
  REQUIRE_FALSE(window.conflicts(request_of(1, 1, 5, 4, 4)));
  REQUIRE_FALSE(window.conflicts(request_of(1, 1, 6, 8)));
  REQUIRE_FALSE(window.conflicts(request_of(1, 0, 5, 8)));
  REQUIRE_FALSE(window.conflicts(request_of(1, 1, 5, 8, 4, true)));
  REQUIRE(window.bursts(kWrite) == 4);
}

TEST_CASE("The window agrees with a plain list under random use", "[arch][dram]") {
  std::mt19937_64 random{6};
  constexpr std::size_t kBanks = 3, kRows = 3, kEntries = 12;
  RequestWindow window{kBanks, kEntries};
  std::vector<Request> list;  // reads only, oldest first
  std::array<std::optional<std::uint32_t>, kBanks> open;
  for (int step = 0; step < 20'000; ++step) {
    const auto bank = static_cast<std::uint8_t>(random() % kBanks);
    const auto hit = std::find_if(list.begin(), list.end(), [&](const Request& r) {
      return r.at.bank == bank && open[bank] == r.at.row;
    });
    REQUIRE(((window.hits(kRead) >> bank) & 1) == (hit != list.end()));
    if (hit != list.end()) REQUIRE(window.hit(kRead, bank).id == hit->id);
    switch (random() % 4) {
      case 0:
        if (list.size() == kEntries) break;
        list.push_back(request_of(static_cast<std::uint64_t>(step), bank,
                                  static_cast<std::uint32_t>(random() % kRows)));
        window.insert(list.back());
        break;
      case 1:
        if (hit == list.end()) break;
        REQUIRE(window.serve_hit(kRead, bank)->id == hit->id);
        list.erase(hit);
        break;
      case 2:
        open[bank] = static_cast<std::uint32_t>(random() % kRows);
        window.row_opened(bank, *open[bank]);
        break;
      default:
        open[bank].reset();
        window.row_closed(bank);
    }
    REQUIRE(window.empty() == list.empty());
  }
}

TEST_CASE("The inbox keeps requests in order of arrival, and of coming when they arrive together",
          "[arch][dram]") {
  std::mt19937_64 random{7};
  Inbox inbox;
  std::vector<Request> expected;
  for (std::uint64_t i = 0; i < 500; ++i) {
    Request request = request_of(i, 0, 0);
    request.arrival = Cycles{static_cast<std::int64_t>(i / 4 + random() % 8)};
    inbox.push(request);
    expected.push_back(request);
  }
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Request& a, const Request& b) { return a.arrival < b.arrival; });
  for (const Request& request : expected) {
    REQUIRE_FALSE(inbox.empty());
    REQUIRE(inbox.front().id == request.id);
    inbox.pop();
  }
  REQUIRE(inbox.empty());
}
