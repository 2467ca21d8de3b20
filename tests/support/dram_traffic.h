// SPDX-License-Identifier: Apache-2.0
// Requests for one DRAM channel, offered as fast as it takes them, and what came of them.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/channel.h"
#include "arch/dram/part_file.h"

namespace npulse::testing {

inline dram::PartParams shipped_part(const std::string& name) {
  return dram::load_part(Catalogue{NPULSE_SOURCE_DIR "/configs"}, name);
}

inline std::vector<std::string> shipped_parts() {
  return Catalogue{NPULSE_SOURCE_DIR "/configs"}.list("parts");
}

/// Every shipped part in every density and mode.
inline std::vector<std::string> shipped_variants() {
  const Catalogue catalogue{NPULSE_SOURCE_DIR "/configs"};
  std::vector<std::string> names;
  for (const auto& part : catalogue.list("parts")) {
    for (auto& name : dram::part_names(catalogue, part)) names.push_back(std::move(name));
  }
  return names;
}

/// Remembers when each request was done.
class CompletionLog : public dram::CompletionSink {
 public:
  struct Entry {
    std::uint64_t id;
    Cycles at;
    bool operator==(const Entry&) const = default;
  };
  void completed(const dram::Request& request, Cycles at) override {
    entries_.push_back({request.id, at});
    last_ = std::max(last_, at);
  }
  const std::vector<Entry>& entries() const { return entries_; }
  Cycles last() const { return last_; }

 private:
  std::vector<Entry> entries_;
  Cycles last_{0};
};

/// The i-th request of a pattern; its id and arrival are set by the driver.
using RequestSource = std::function<dram::Request(std::uint64_t)>;

/// Offers `count` requests in a closed loop and runs until all are done. `step` ticks are simulated
/// at a time while the channel is full.
inline CompletionLog drive(dram::Channel& channel, std::uint64_t count, const RequestSource& source,
                           Cycles step = Cycles{64}) {
  CompletionLog log;
  Cycles now{0};
  const auto advance = [&] {
    now = std::max(now, channel.next_event()) + step;
    channel.advance(now, log);
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    while (!channel.can_accept()) advance();
    dram::Request request = source(i);
    request.id = i;
    request.arrival = now;
    channel.push(request);
  }
  while (!channel.idle()) advance();
  return log;
}

/// As drive(), in spells of `spell` requests with nothing to do for `pause` ticks after each.
inline CompletionLog drive_in_spells(dram::Channel& channel, std::uint64_t count,
                                     const RequestSource& source, std::uint64_t spell,
                                     Cycles pause) {
  CompletionLog log;
  Cycles now{0};
  for (std::uint64_t i = 0; i < count; ++i) {
    while (!channel.can_accept())
      channel.advance(now = std::max(now, channel.next_event()) + Cycles{1}, log);
    dram::Request request = source(i);
    request.id = i;
    request.arrival = now;
    channel.push(request);
    if (i % spell != spell - 1) continue;
    while (!channel.idle())
      channel.advance(now = std::max(now, channel.next_event()) + Cycles{64}, log);
    channel.advance(now += pause, log);
  }
  while (!channel.idle())
    channel.advance(now = std::max(now, channel.next_event()) + Cycles{64}, log);
  return log;
}

/// Requests of one burst each to consecutive places of a map, `stride` bytes apart.
inline RequestSource stream(const dram::AddressMap& map, std::uint64_t stride, bool write = false) {
  return [&map, stride, write](std::uint64_t i) {
    dram::Request request;
    request.at = map.decode(i * stride % static_cast<Address>(map.capacity().count())).at;
    request.write = write;
    return request;
  };
}

/// A sequential stream in runs of a quarter of the scheduler's queue at most, as Memory cuts them.
inline RequestSource run_stream(const dram::AddressMap& map, std::int64_t burst_bytes) {
  const auto run =
      static_cast<std::uint64_t>(std::min<std::int64_t>(map.run_bytes().count(), 16 * burst_bytes));
  return [source = stream(map, run), run, burst_bytes](std::uint64_t i) {
    dram::Request request = source(i);
    request.bursts = static_cast<std::uint16_t>(run / static_cast<std::uint64_t>(burst_bytes));
    return request;
  };
}

/// Single bursts and short runs, reads and writes, over few rows: every rule gets its chance.
inline RequestSource random_traffic(const dram::PartParams& part, std::uint64_t seed,
                                    std::uint32_t rows = 4, unsigned writes_of_8 = 3) {
  const auto& o = part.organisation;
  return [o, rows, writes_of_8, random = std::mt19937_64{seed}](std::uint64_t) mutable {
    const auto below = [&](std::int64_t n) { return random() % static_cast<std::uint64_t>(n); };
    dram::Request request;
    request.at.pseudo_channel = static_cast<std::uint8_t>(below(o.pseudo_channels));
    request.at.bank = static_cast<std::uint8_t>(below(o.total_banks()));
    request.at.row = static_cast<std::uint32_t>(below(rows));
    request.bursts = static_cast<std::uint16_t>(1 + below(4));
    request.at.column = static_cast<std::uint16_t>(below(o.bursts_per_row() - 3));
    request.write = below(8) < writes_of_8;
    // Without a draw of its own, so that the traffic is what it was before there were masks.
    request.first_masked = request.write && request.at.column % 3 == 0;
    request.last_masked = request.write && request.at.column % 5 == 0;
    return request;
  };
}

}  // namespace npulse::testing
