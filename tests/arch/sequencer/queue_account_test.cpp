// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer/queue_account.h"

#include <catch2/catch.hpp>

#include <random>

using namespace npulse;
using namespace npulse::arch;

TEST_CASE("Every cycle belongs to the state that the queue was in", "[sequencer]") {
  QueueAccount account;
  account.enter(QueueState::wait_data, Cycles{10});
  account.enter(QueueState::busy, Cycles{15}, "c0.ld");
  account.enter(QueueState::wait_resource, Cycles{40});
  account.enter(QueueState::idle, Cycles{42}, "dma");
  account.close(Cycles{50});
  REQUIRE(account.total(QueueState::idle) == Cycles{18});
  REQUIRE(account.total(QueueState::wait_data) == Cycles{5});
  REQUIRE(account.total(QueueState::busy) == Cycles{25});
  REQUIRE(account.total(QueueState::wait_resource) == Cycles{2});
  REQUIRE(account.blamed(QueueState::wait_data).at("c0.ld") == Cycles{5});
  REQUIRE(account.blamed(QueueState::wait_resource).at("dma") == Cycles{2});
}

TEST_CASE("Stalls move from busy to the resource, never more than was busy", "[sequencer]") {
  QueueAccount account;
  account.enter(QueueState::busy, Cycles{0});
  account.stalled(Cycles{10}, Cycles{4}, "memory");
  account.stalled(Cycles{12}, Cycles{100}, "memory");
  account.close(Cycles{20});
  REQUIRE(account.total(QueueState::busy) == Cycles{8});
  REQUIRE(account.total(QueueState::wait_resource) == Cycles{12});
  REQUIRE(account.blamed(QueueState::wait_resource).at("memory") == Cycles{12});
}

TEST_CASE("Random histories sum to the total, and blame to the waits", "[sequencer]") {
  std::mt19937_64 random{3};
  const char* names[] = {"a", "b", "c"};
  for (int round = 0; round < 200; ++round) {
    QueueAccount account;
    Cycles now{0};
    for (int i = 0; i < 50; ++i) {
      now += Cycles{static_cast<std::int64_t>(random() % 20)};
      account.enter(static_cast<QueueState>(random() % 4), now, names[random() % 3]);
      if (random() % 3 == 0 && account.state() == QueueState::busy) {
        account.stalled(now, Cycles{static_cast<std::int64_t>(random() % 9)}, "memory");
      }
    }
    account.close(now);
    Cycles sum{0};
    for (const auto& state : enum_names(QueueState{})) {
      sum += account.total(state.value);
      if (state.value == QueueState::idle || state.value == QueueState::busy) continue;
      Cycles blamed{0};
      for (const auto& [who, cycles] : account.blamed(state.value)) blamed += cycles;
      REQUIRE(blamed == account.total(state.value));
    }
    REQUIRE(sum == now);
  }
}
