// SPDX-License-Identifier: Apache-2.0
// The links of a crossbar: each port passes packets one after another at its own rate.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/core/units.h"

namespace npulse::arch {

/// One direction of one port.
class Link {
 public:
  explicit Link(std::int64_t bytes_per_second) : bytes_per_second_{bytes_per_second} {}

  /// Passes `bytes` at `now` or when the link is free; returns when the first byte enters it.
  Picoseconds occupy(Picoseconds now, std::int64_t bytes) {
    const Picoseconds begin = std::max(now, free_at_);
    free_at_ = begin + Picoseconds{ceil_div(bytes * kPicosecondsPerSecond, bytes_per_second_)};
    return begin;
  }
  Picoseconds free_at() const { return free_at_; }

 private:
  static constexpr std::int64_t kPicosecondsPerSecond = 1'000'000'000'000;
  std::int64_t bytes_per_second_;
  Picoseconds free_at_{};
};

/// Inputs are buffered per output, so a busy output never holds up packets for another one.
class Crossbar {
 public:
  Crossbar(std::vector<Link> inputs, std::vector<Link> outputs, Picoseconds hop)
      : inputs_{std::move(inputs)}, outputs_{std::move(outputs)}, hop_{hop} {}

  /// Sends `bytes` (at most 64 KiB) from `in` to `out`, cut-through; returns when the last one has
  /// crossed. A packet without data only pays the hop.
  Picoseconds pass(Picoseconds now, std::size_t in, std::size_t out, std::int64_t bytes) {
    if (bytes == 0) return now + hop_;
    Link& input = inputs_.at(in);
    Link& output = outputs_.at(out);
    const Picoseconds enters = input.occupy(now, bytes);
    const Picoseconds crosses = output.occupy(enters, bytes);
    waited_ += crosses - now;
    return std::max(input.free_at(), output.free_at()) + hop_;
  }

  /// Sum over packets of the time for which a link was taken when they came.
  Picoseconds waited() const { return waited_; }

 private:
  std::vector<Link> inputs_, outputs_;
  Picoseconds hop_;
  Picoseconds waited_{};
};

}  // namespace npulse::arch
