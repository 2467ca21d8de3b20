// SPDX-License-Identifier: Apache-2.0
// Plays constructed traffic to one channel and gives back what its time went into.
#pragma once

#include <algorithm>
#include <functional>
#include <list>

#include "arch/dram/replay/bus_account.h"
#include "arch/dram/replay/replay.h"
#include "tests/support/dram_traffic.h"

namespace npulse::test {

/// The i-th request of a stream of `count`.
class Pattern : public dram::RequestStream {
 public:
  using Rule = std::function<dram::ReplayRequest(std::uint64_t)>;
  Pattern(std::uint64_t count, Rule rule) : count_{count}, rule_{std::move(rule)} {}
  bool next(dram::ReplayRequest& request) override {
    if (given_ == count_) return false;
    request = rule_(given_++);
    return true;
  }

 private:
  std::uint64_t count_, given_ = 0;
  Rule rule_;
};

struct Replayed {
  dram::ReplayResult result;
  dram::TimeUses uses;
  dram::ChannelCounts counts;
  Cycles end{};

  double share(dram::TimeUse use) const {
    return static_cast<double>(uses.of(use).count()) / static_cast<double>(uses.total().count());
  }
};

inline dram::MemoryParams one_channel() {
  dram::MemoryParams params;
  params.channels = 1;
  params.engine = dram::MemoryEngine::reference;  // exact to the command
  return params;
}

inline Replayed replay(const dram::PartParams& part, const dram::MemoryParams& params,
                       dram::RequestStream& stream, bool timed = false) {
  const dram::ResolvedPart resolved{part};
  std::list<dram::ChannelAccount> accounts;
  std::vector<dram::CommandObserver*> observers;
  for (std::int64_t c = 0; c < params.channels.value(); ++c) {
    observers.push_back(&accounts.emplace_back(resolved));
  }
  dram::Memory memory{part, params, observers};
  const Picoseconds front_end{static_cast<std::int64_t>(params.controller.front_end_ns * 1000)};
  Replayed replayed;
  replayed.result = dram::Replay{memory, stream, {timed, front_end, {}}}.run();
  // The fast engine hands commands on when nothing can come before them.
  if (params.engine == dram::MemoryEngine::fast) {
    memory.settle(replayed.result.settled + Picoseconds{1'000'000'000});
  }
  replayed.counts = memory.total_counts();
  for (const auto& account : accounts) replayed.end = std::max(replayed.end, account.data_end());
  for (const auto& account : accounts) replayed.uses += account.until(replayed.end);
  return replayed;
}

inline dram::PartParams without_refresh(dram::PartParams part) {
  part.timing.t_refi->ck = 1'000'000'000;
  return part;
}

/// Row bits above bank bits above columns, nothing hashed, so that a test can aim at banks.
inline dram::MemoryParams plain_map() {
  dram::MemoryParams params = one_channel();
  params.mapping = dram::MappingParams{};
  params.mapping->preset = dram::MapPreset::rbc;
  return params;
}

/// `bytes` at `address`, which every source of number 0 asks for.
inline dram::ReplayRequest access(Address address, std::int64_t bytes, bool write = false,
                                  Picoseconds at = {}) {
  return {0, {address, Bytes{bytes}, write}, at};
}

inline double ratio_of(Cycles a, Cycles b) {
  return static_cast<double>(a.count()) / static_cast<double>(b.count());
}

/// Bytes from a row of a bank to the next row of the same bank, in the plain map.
inline Address row_stride(const dram::PartParams& part) {
  const auto& o = part.organisation;
  return static_cast<Address>(o.row_bytes * o.pseudo_channels * o.total_banks());
}

inline Pattern bursts(const dram::PartParams& part, std::uint64_t count,
                      std::function<Address(std::uint64_t)> address) {
  return {count, [=, bytes = part.organisation.burst_bytes()](std::uint64_t i) {
            return access(address(i), bytes);
          }};
}

/// One-burst reads of one row of a bank after the other.
inline Pattern rows_of_one_bank(const dram::PartParams& part, std::uint64_t count) {
  return bursts(part, count, [stride = row_stride(part)](std::uint64_t i) { return i * stride; });
}

}  // namespace npulse::test
