// SPDX-License-Identifier: Apache-2.0
// A banked memory simulated access by access: what arch/spm's reservations are held to.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "arch/ports/scratchpad_port.h"
#include "arch/spm/params.h"

namespace npulse::test {

/// The bank of every access of `stream`, in order: each run touches each word that it lies in; runs
/// without a gap are one.
inline std::vector<std::int64_t> banks_in_order(const arch::SpmParams& params,
                                                const arch::AccessStream& stream) {
  std::vector<std::int64_t> banks;
  const std::int64_t width = params.width.count();
  const bool dense = stream.run_bytes == 0 || stream.run_bytes == stream.stride_bytes;
  const std::int64_t run = dense ? stream.bytes : stream.run_bytes;
  for (std::int64_t done = 0, i = 0; done < stream.bytes; done += run, ++i) {
    const auto first = static_cast<std::int64_t>(stream.address) + i * stream.stride_bytes;
    const std::int64_t last = first + std::min(run, stream.bytes - done) - 1;
    for (std::int64_t word = first / width; word <= last / width; ++word) {
      banks.push_back(word % params.banks);
    }
  }
  return banks;
}

/// Accesses are offered evenly over a stream's cycles. Each bank serves `ports` a cycle, older
/// streams first, and queues the rest.
class BankedMemory {
 public:
  explicit BankedMemory(const arch::SpmParams& params) : params_{params} {}

  Cycles reserve(Cycles start, Cycles nominal, const arch::AccessStream& stream) {
    const auto banks = banks_in_order(params_, stream);
    const auto count = static_cast<std::int64_t>(banks.size());
    Cycles end = start + nominal;
    for (std::int64_t i = 0; i < count; ++i) {
      const Cycles offered = start + Cycles{i * nominal.count() / count};
      end = std::max(end, serve(banks[static_cast<std::size_t>(i)], offered) + Cycles{1});
    }
    return end;
  }

 private:
  Cycles serve(std::int64_t bank, Cycles cycle) {
    auto& served = served_[bank];
    while (served[cycle] == params_.ports) cycle += Cycles{1};
    ++served[cycle];
    return cycle;
  }

  arch::SpmParams params_;
  std::map<std::int64_t, std::map<Cycles, std::int64_t>> served_;
};

}  // namespace npulse::test
