// SPDX-License-Identifier: Apache-2.0
// Lanes that compute, one group of values after another, and count what they do: arch/vector's
// closed forms are held to programs written for them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "arch/vector/params.h"

namespace npulse::test {

using Values = std::vector<double>;

/// Values of up to all lanes. Every operation costs its cycles once, an operation a value.
class LaneMachine {
 public:
  LaneMachine(const arch::VectorParams& params, std::int64_t lanes)
      : params_{params}, lanes_{lanes} {}

  std::int64_t lanes() const { return lanes_; }

  Values load(const Values& from, std::int64_t first, std::int64_t count) {
    read += count;
    return {from.begin() + first, from.begin() + first + count};
  }
  void store(Values& to, std::int64_t first, const Values& group) {
    written += static_cast<std::int64_t>(group.size());
    std::copy(group.begin(), group.end(), to.begin() + first);
  }

  /// add, sub, mul: of two groups, or of a group and one value for all lanes.
  template <class F>
  Values simple(F f, Values a, const Values& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = f(a[i], b[i]);
    count(simple_ops, a, params_.simple_cycles);
    return a;
  }
  template <class F>
  Values simple(F f, Values a, double b) {
    return simple(f, a, Values(a.size(), b));
  }
  template <class F>
  Values transcendental(F f, Values a) {
    for (double& value : a) value = f(value);
    count(transcendental_ops, a, params_.transcendental_cycles);
    return a;
  }
  /// Takes a group into running results, one a lane.
  template <class F>
  void accumulate(F f, Values& running, const Values& a) {
    for (std::size_t i = 0; i < a.size(); ++i) running[i] = f(running[i], a[i]);
    count(simple_ops, a, params_.reduction_cycles);
  }
  /// Halves the lanes' results level by level, beside the lanes: the pass waits only for the last.
  template <class F>
  double tree(F f, Values running) {
    Cycles out = cycles;
    while (running.size() > 1) {
      const std::size_t half = (running.size() + 1) / 2;
      for (std::size_t i = half; i < running.size(); ++i) {
        running[i - half] = f(running[i - half], running[i]);
      }
      running.resize(half);
      out += params_.reduction_cycles;
    }
    drained_ = std::max(drained_, out);
    return running[0];
  }
  void end_pass() { cycles = std::max(cycles, drained_); }

  /// Calls `body(first, count)` for each group of `count` values.
  template <class F>
  void groups(std::int64_t values, F body) const {
    for (std::int64_t first = 0; first < values; first += lanes_) {
      body(first, std::min(lanes_, values - first));
    }
  }

  Cycles cycles{};
  std::int64_t simple_ops = 0, transcendental_ops = 0, read = 0, written = 0;

 private:
  void count(std::int64_t& ops, const Values& a, Cycles group) {
    ops += static_cast<std::int64_t>(a.size());
    cycles += group;
  }

  arch::VectorParams params_;
  std::int64_t lanes_;
  Cycles drained_{};
};

}  // namespace npulse::test
