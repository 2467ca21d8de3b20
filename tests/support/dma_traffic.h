// SPDX-License-Identifier: Apache-2.0
// Requests of streaming DMA engines for one channel, cut from transactions as Memory cuts them.
#pragma once

#include <vector>

#include "arch/dram/splitter.h"
#include "tests/support/dram_traffic.h"
#include "tests/support/random.h"

namespace npulse::testing {

class DmaTraffic {
 public:
  DmaTraffic(const dram::PartParams& part, std::int64_t queue_bursts, std::uint64_t seed)
      : map_{part.organisation, 1, part.mapping},
        splitter_{map_, Bytes{part.organisation.burst_bytes()},
                  std::max<std::int64_t>(1, queue_bursts / 4), part.partial_write, true} {
    test::Random random{seed};
    const std::int64_t sizes[] = {256, 4096, 65536};
    const std::int64_t bytes = sizes[random.between(0, 2)], streams = random.between(1, 3);
    const std::int64_t spell = random.between(0, 2) ? 0 : random.between(3, 12);
    bool write = random.between(0, 3) == 0;
    for (std::int64_t i = 0; requests_.size() < kRequests; ++i) {
      if (spell > 0 && i % spell == spell - 1) write = !write;
      const auto at = static_cast<Address>(i / streams * bytes + i % streams * kApart);
      for (const auto& piece : splitter_.split({at, Bytes{bytes}, write}).pieces) {
        requests_.push_back(piece.request);
      }
    }
  }
  const dram::Request& operator()(std::uint64_t i) const { return requests_[i]; }
  std::size_t size() const { return requests_.size(); }

 private:
  static constexpr std::size_t kRequests = 600;
  static constexpr std::int64_t kApart = 1 << 26;
  dram::AddressMap map_;
  dram::Splitter splitter_;
  std::vector<dram::Request> requests_;
};

}  // namespace npulse::testing
