// SPDX-License-Identifier: Apache-2.0
// Lets those who wait for a check have their say.
#pragma once

#include <cstdint>
#include <functional>

namespace npulse::isa::checking {

class Pulse {
 public:
  /// `poll` may be empty.
  explicit Pulse(const std::function<void()>& poll) : poll_{poll} {}

  /// To be called for each instruction.
  void beat() {
    if (++beats_ % kInterval == 0 && poll_) poll_();
  }

 private:
  static constexpr std::uint64_t kInterval = 256;  // a few milliseconds
  const std::function<void()>& poll_;
  std::uint64_t beats_ = 0;
};

}  // namespace npulse::isa::checking
