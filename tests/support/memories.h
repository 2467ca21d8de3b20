// SPDX-License-Identifier: Apache-2.0
// Scratchpads to test units against.
#pragma once

#include <vector>

#include "arch/ports/scratchpad_port.h"

namespace npulse::test {

/// Serves everything at once and remembers what was asked.
class IdealMemory : public arch::ScratchpadPort {
 public:
  struct Request {
    Cycles start, nominal;
    arch::AccessStream stream;
  };
  Cycles reserve(Cycles start, Cycles nominal, const arch::AccessStream& stream) override {
    requests.push_back({start, nominal, stream});
    return start + nominal;
  }
  std::int64_t bytes(isa::Space space, bool write) const {
    std::int64_t sum = 0;
    for (const auto& r : requests) {
      if (r.stream.space == space && r.stream.write == write) sum += r.stream.bytes;
    }
    return sum;
  }
  std::vector<Request> requests;
};

/// Every stream into or out of `space` ends `late` cycles after it wants to.
class LateMemory : public arch::ScratchpadPort {
 public:
  LateMemory(isa::Space space, Cycles late) : space_{space}, late_{late} {}
  Cycles reserve(Cycles start, Cycles nominal, const arch::AccessStream& stream) override {
    return start + nominal + (stream.space == space_ ? late_ : Cycles{0});
  }

 private:
  isa::Space space_;
  Cycles late_;
};

}  // namespace npulse::test
