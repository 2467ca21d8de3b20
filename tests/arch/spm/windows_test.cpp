// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/windows.h"

#include <catch2/catch.hpp>

#include "tests/support/random.h"

using namespace npulse;
using arch::Requester;
using arch::Windows;

namespace {

struct Ask {
  Cycles start, duration;
  std::int64_t slots;
};

std::vector<Ask> random_asks(test::Random& random, std::int64_t rate, int count) {
  std::vector<Ask> asks;
  std::int64_t start = 0;
  for (int i = 0; i < count; ++i) {
    start += random.between(0, 40);
    const std::int64_t duration = random.between(1, random.coin() ? 10 : 900);
    asks.push_back({Cycles{start}, Cycles{duration}, random.between(1, duration * rate)});
  }
  return asks;
}

/// The same policy, one window at a time: its demands by the rule of even spreading, the backlog
/// carried along.
class WindowByWindow {
 public:
  WindowByWindow(std::int64_t rate, std::int64_t window)
      : rate_{rate}, window_{window}, held_(std::size_t{1} << 16) {}

  Cycles take(const Ask& ask) {
    const std::int64_t begin = ask.start.count(), end = begin + ask.duration.count();
    std::int64_t finish = end, backlog = 0;
    for (std::int64_t w = begin / window_; w * window_ < end || backlog > 0; ++w) {
      const std::int64_t want = demand(ask, w) + backlog, waited = backlog;
      auto& held = held_.at(static_cast<std::size_t>(w));
      const std::int64_t given = std::min(want, rate_ * window_ - held);
      held += given;
      backlog = want - given;
      if (waited > 0 && backlog == 0) {
        finish = std::max(finish, w * window_ + ceil_div(held, rate_));
      }
    }
    return Cycles{finish};
  }

 private:
  std::int64_t demand(const Ask& ask, std::int64_t w) const {
    const std::int64_t begin = ask.start.count(), length = ask.duration.count();
    const auto until = [&](std::int64_t t) {
      return std::clamp<std::int64_t>(t - begin, 0, length) * ask.slots / length;
    };
    const std::int64_t first = begin / window_, last = (begin + length - 1) / window_;
    if (w > last) return 0;
    if (w == first || w == last) return until((w + 1) * window_) - until(w * window_);
    const std::int64_t inner = last - first - 1;
    const std::int64_t body = until(last * window_) - until((first + 1) * window_);
    return body / inner + (w - first - 1 < body % inner ? 1 : 0);
  }

  std::int64_t rate_, window_;
  std::vector<std::int64_t> held_;
};

}  // namespace

TEST_CASE("A stream alone ends when it wants to, whatever its rate and place", "[arch][spm]") {
  test::Random random{4};
  for (int i = 0; i < 3000; ++i) {
    const std::int64_t rate = random.between(1, 40);
    const Cycles window{random.between(1, 70)};
    for (const Ask& ask : random_asks(random, rate, 1)) {
      Windows windows{rate, window};
      const auto grant = windows.take(ask.start, ask.duration, ask.slots, Requester::dma);
      REQUIRE(grant.end == ask.start + ask.duration);
      REQUIRE_FALSE(grant.delayed_by);
      REQUIRE(windows.held() == ask.slots);
    }
  }
}

TEST_CASE("Segments give the ends of a walk over single windows", "[arch][spm]") {
  test::Random random{5};
  for (int round = 0; round < 100; ++round) {
    const std::int64_t rate = random.between(1, 20), window = random.between(1, 64);
    Windows windows{rate, Cycles{window}};
    WindowByWindow reference{rate, window};
    for (const Ask& ask : random_asks(random, rate, 60)) {
      REQUIRE(windows.take(ask.start, ask.duration, ask.slots, Requester::dma).end ==
              reference.take(ask));
    }
  }
}

TEST_CASE("Slots are conserved and no stream ends before it wants to", "[arch][spm]") {
  test::Random random{6};
  for (int round = 0; round < 100; ++round) {
    const std::int64_t rate = random.between(1, 20);
    Windows windows{rate, Cycles{random.between(1, 64)}};
    std::int64_t asked = 0;
    for (const Ask& ask : random_asks(random, rate, 60)) {
      const auto grant = windows.take(ask.start, ask.duration, ask.slots, Requester::vector);
      REQUIRE(grant.end >= ask.start + ask.duration);
      asked += ask.slots;
      REQUIRE(windows.held() == asked);
    }
  }
}

TEST_CASE("More slots a cycle never end a stream later", "[arch][spm]") {
  test::Random random{7};
  for (int round = 0; round < 200; ++round) {
    const std::int64_t rate = random.between(1, 20);
    const Cycles window{random.between(1, 64)};
    Windows slow{rate, window}, fast{rate + random.between(1, 9), window};
    for (const Ask& ask : random_asks(random, rate, 60)) {
      const auto late = slow.take(ask.start, ask.duration, ask.slots, Requester::matrix);
      const auto soon = fast.take(ask.start, ask.duration, ask.slots, Requester::matrix);
      REQUIRE(soon.end <= late.end);
    }
  }
}

TEST_CASE("Full streams at the same time end as if one after the other", "[arch][spm]") {
  const std::int64_t rate = 16;
  const Cycles window{64}, length{6400};
  Windows windows{rate, window};
  for (std::int64_t i = 1; i <= 4; ++i) {
    const auto grant = windows.take(Cycles{0}, length, rate * length.count(), Requester::dma);
    REQUIRE(grant.end == length * i);
  }
}

TEST_CASE("The one who held most of the first full window is blamed", "[arch][spm]") {
  Windows windows{10, Cycles{64}};
  windows.take(Cycles{0}, Cycles{64}, 200, Requester::dma);
  windows.take(Cycles{0}, Cycles{64}, 400, Requester::matrix);
  const auto grant = windows.take(Cycles{0}, Cycles{64}, 100, Requester::vector);
  REQUIRE(grant.delayed_by == Requester::matrix);
  REQUIRE(grant.end > Cycles{64});
}

TEST_CASE("A stream of a billion cycles under short ones costs a bounded number of segments",
          "[arch][spm]") {
  Windows windows{8, Cycles{64}};
  windows.take(Cycles{0}, Cycles{1'000'000'000}, 4'000'000'000, Requester::matrix);
  for (std::int64_t i = 0; i < 100'000; ++i) {
    const auto grant = windows.take(Cycles{i * 100}, Cycles{40}, 100, Requester::dma);
    REQUIRE(grant.end < Cycles{i * 100 + 40 + 2 * 64});
  }
  REQUIRE(windows.segments() <= 2100);
}

TEST_CASE("A part of the room is held as the whole is, and ends what it takes likewise",
          "[arch][spm]") {
  test::Random random{35};
  for (int round = 0; round < 200; ++round) {
    const std::int64_t share = random.between(1, 6), parts = random.between(1, 8);
    Windows whole{share * parts, Cycles{random.between(1, 64)}};
    for (const Ask& ask : random_asks(random, share, 20)) {
      whole.take(ask.start, ask.duration, ask.slots * parts, Requester::dma);
    }
    Windows part = whole.part(share);
    REQUIRE(part.held() <= whole.held() / parts);
    const auto end = part.take(Cycles{0}, Cycles{500}, 500 * share, Requester::vector).end;
    REQUIRE(end <= whole.take(Cycles{0}, Cycles{500}, 500 * share * parts, Requester::vector).end);
  }
}
