// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every platform: raw output of a fixed generator.
#pragma once

#include <cstdint>
#include <random>

namespace npulse::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  /// Uniform in [low, high], but for a negligible bias.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool coin() { return between(0, 1) == 1; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace npulse::test
