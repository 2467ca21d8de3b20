// SPDX-License-Identifier: Apache-2.0
// Cut as they may be, the pieces of a transaction are the bursts that the map says, each once.
#include "arch/dram/splitter.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <tuple>

#include "tests/support/dram_traffic.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::testing;

namespace {

constexpr std::int64_t kMaxBursts = 64;

/// Channel, pseudo-channel, bank, row, column.
using Place = std::tuple<std::uint32_t, int, int, std::uint32_t, int>;
using Places = std::map<Place, int>;  // how often

Places places_of(const AddressMap& map, std::int64_t burst, const Transaction& transaction) {
  Places places;
  const auto step = static_cast<Address>(burst);
  const Address end = transaction.address + static_cast<Address>(transaction.bytes.count());
  for (Address a = transaction.address / step * step; a < end; a += step) {
    const Location l = map.decode(a);
    ++places[{l.channel, l.at.pseudo_channel, l.at.bank, l.at.row, l.at.column}];
  }
  return places;
}

void add(Places& places, std::uint32_t channel, const Request& request) {
  int bursts = 0;
  for (std::size_t i = 0; i < request.runs(); ++i) {
    const RowRun run = request.run(i);
    bursts += run.bursts;
    for (int b = 0; b < run.bursts; ++b) {
      ++places[{channel, request.at.pseudo_channel, run.bank, run.row, run.column + b}];
    }
  }
  REQUIRE(bursts == request.bursts);
  REQUIRE(bursts <= kMaxBursts);
}

Places places_of(const Split& split) {
  Places places;
  split.each_piece([&](std::uint32_t channel, const Piece& piece) {
    add(places, channel, piece.request);
  });
  return places;
}

std::int64_t bytes_of(const Split& split) {
  std::int64_t bytes = 0;
  split.each_piece([&](std::uint32_t, const Piece& p) { bytes += p.traffic.bytes_read; });
  return bytes;
}

}  // namespace

TEST_CASE("A transaction is cut into its bursts, each of them once", "[arch][dram]") {
  std::mt19937_64 random{7};
  for (const auto& name : {"hbm3-6400", "lpddr5x-8533", "ddr5-4800", "hbm2-2000"}) {
    const PartParams part = shipped_part(name);
    const std::int64_t burst = part.organisation.burst_bytes();
    for (const std::int64_t channels : {1, 2, 3, 5, 6, 8, 24, 32, 80, 96}) {
      const AddressMap map{part.organisation, channels, part.mapping};
      for (const bool coalesce : {false, true}) {
        Splitter splitter{map, Bytes{burst}, kMaxBursts, part.partial_write, coalesce};
        for (int i = 0; i < 60; ++i) {
          const Address unit = i % 3 == 0 ? 1 : i % 3 == 1 ? 256 : 4096;
          const Transaction transaction{random() % (1 << 26) / unit * unit,
                                        Bytes{static_cast<std::int64_t>(1 + random() % 150'000)},
                                        false};
          INFO(name << " x " << channels << ": " << transaction.bytes.count() << " B at "
                    << transaction.address);
          const Split& split = splitter.split(transaction);
          REQUIRE(places_of(split) == places_of(map, burst, transaction));
          REQUIRE(bytes_of(split) == transaction.bytes.count());
        }
      }
    }
  }
}
