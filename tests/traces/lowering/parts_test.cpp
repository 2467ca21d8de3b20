// SPDX-License-Identifier: Apache-2.0
// The small parts: partitions, allocators, queues, rings and tiles in memory.
#include <bit>
#include <catch2/catch.hpp>

#include "isa/memory_program.h"
#include "sim/core/error.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/graph/contraction_tiling.h"
#include "traces/lowering/kv_cache.h"
#include "traces/lowering/linear.h"
#include "traces/lowering/partition.h"
#include "traces/lowering/prefill_tiling.h"
#include "traces/lowering/queues.h"
#include "traces/lowering/space.h"

using namespace npulse;
using namespace npulse::lowering;

TEST_CASE("A split covers everything once, in order, equal to within a granule", "[lowering]") {
  for (const std::int64_t n : {1, 7, 64, 100, 4096}) {
    for (const std::int64_t parts : {1, 3, 8}) {
      for (const std::int64_t granule : {1, 16}) {
        std::int64_t at = 0;
        const auto ranges = split(n, parts, granule);
        REQUIRE(static_cast<std::int64_t>(ranges.size()) == parts);
        for (const Range& range : ranges) {
          CHECK(range.first == at);
          CHECK(range.size() <= ceil_div(ceil_div(n, granule), parts) * granule);
          at = range.last;
        }
        CHECK(at == n);
      }
    }
  }
}

TEST_CASE("A granule is halved until no part is over 5 percent above the mean", "[lowering]") {
  CHECK(balanced_granule(4096, 8, 64) == 64);
  const std::int64_t granule =
      balanced_granule(3584, 8, 256);  // 14 granules of 256 on 8 cores: 2 against 1
  CHECK(granule < 256);
  const auto parts = split(3584, 8, granule);
  CHECK(static_cast<double>(parts.front().size()) <= 1.05 * 3584 / 8);
  CHECK(balanced_granule(3, 8, 64) == 1);
}

TEST_CASE("Allocations are aligned and apart, and too many name the largest", "[lowering]") {
  SpaceAllocator space{"toy memory", Bytes{1000}, Bytes{64}};
  CHECK(space.take("a", Bytes{1}) == 0);
  CHECK(space.take("b", Bytes{65}) == 64);
  CHECK(space.take("c", Bytes{1}) == 192);
  CHECK(space.left() == Bytes{1000 - 256});
  CHECK_NOTHROW(space.check("here", ""));
  space.take("the elephant", Bytes{4096});
  CHECK(space.left() == Bytes{0});
  CHECK_THROWS_WITH(space.check("here", "shrink"),
                    Catch::Contains("here") && Catch::Contains("4352 bytes of the toy memory") &&
                        Catch::Contains("has 1000") && Catch::Contains("the elephant") &&
                        Catch::Contains("shrink"));
}

TEST_CASE("Large allocations begin at a multiple of their size, and strides of runs lose a 32nd",
          "[lowering]") {
  const Bytes most{65536};
  SpaceAllocator space{"memory", Bytes{1 << 30}, Bytes{64}, most};
  space.take("a small one", Bytes{65});
  CHECK(space.take("another", Bytes{4095}) == 128);
  for (const std::int64_t size : {4096, 8192, 10000, 65536, 1 << 20, (1 << 20) + 64}) {
    space.take("a small one", Bytes{1});
    const auto own = std::min<std::int64_t>(most.count(), std::bit_floor(std::uint64_t(size)));
    CHECK(space.take("large", Bytes{size}) % static_cast<Address>(own) == 0);
  }
  for (const std::int64_t run : {1, 4096, 100000, (1 << 19) + 256, 3000000, 100000000}) {
    const std::int64_t stride = space.stride(Bytes{run}).count();
    CHECK(stride >= run);
    CHECK(stride < run + std::max<std::int64_t>(64, run / 32));
    CHECK(stride % 64 == 0);
  }
  CHECK(space.stride(Bytes{(1 << 19) + 256}).count() % (1 << 14) == 0);
}

TEST_CASE("Loads go to the first dma queue, stores to the last, activations between them",
          "[lowering]") {
  Target target = test::large_target();
  CHECK(assign_queues(target)[Role::load] == 0);
  CHECK(assign_queues(target)[Role::activation] == 1);
  CHECK(assign_queues(target)[Role::store] == 2);
  CHECK(assign_queues(test::tiny_target())[Role::activation] == 0);
  target.queues = {
      {"d", isa::QueueKind::dma}, {"m", isa::QueueKind::matrix}, {"v", isa::QueueKind::vector}};
  CHECK(assign_queues(target)[Role::store] == 0);
  target.queues.pop_back();
  CHECK_THROWS_WITH(assign_queues(target), Catch::Contains("no queue of kind vector"));
}

TEST_CASE("Slots of a ring lie apart and come in turn", "[lowering]") {
  EventTable events;
  Ring ring{events, "r", 1000, Bytes{64}, 3};
  for (int turn = 0; turn < 2; ++turn) {
    for (Address i = 0; i < 3; ++i) CHECK(ring.next().address == 1000 + 64 * i);
  }
  CHECK(events.declarations().size() == 6);
}

TEST_CASE("Tiles of weights lie apart, whole, and hold every weight once", "[lowering]") {
  Formats formats{};
  formats.weight = isa::DataType::bf16;
  Linear linear{{"x", 10, 37, 2, 0, 2}, split(37, 3, 1), 5};
  SpaceAllocator dram{"dram", Bytes{1 << 20}, Bytes{256}};
  dram.take("something", Bytes{1});
  linear.place(dram, formats);
  Address end = 256;
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    for (std::uint32_t core = 0; core < 3; ++core) {
      for (std::int64_t i = 0; i < linear.tiles(core); ++i) {
        const Address at = linear.address(layer, core, i);
        CHECK(at >= end);
        CHECK(at % 256 == 0);
        end = at + static_cast<Address>(
                       formats.stored_bytes(10, 2 * linear.tile(core, i).size()).count());
      }
    }
  }
  CHECK(end <= static_cast<Address>(dram.used().count()));
  CHECK(linear.stored_bytes(formats) == Bytes{10 * 37 * 2 * 2});
}

TEST_CASE("A token's key follows the one before it; sequences and heads lie apart", "[lowering]") {
  SpaceAllocator dram{"dram", Bytes{1 << 20}, Bytes{256}};
  const KvCache cache{dram, {2, 3, 4, 5, 16, 8, isa::DataType::fp8}};
  CHECK(cache.key(1, 2, 3, 4) == cache.key(1, 2, 3, 3) + 16);
  CHECK(cache.key(0, 0, 1, 0) >= cache.key(0, 0, 0, 4) + 16);
  CHECK(cache.value(0, 0, 0, 0) >= cache.key(0, 2, 3, 4) + 16);
  CHECK(cache.value(1, 2, 3, 4) == cache.value(1, 2, 3, 3) + 8);
  CHECK(cache.key(1, 0, 0, 0) >= cache.value(0, 2, 3, 4) + 8);
  CHECK(cache.value(1, 2, 3, 4) + 8 <= static_cast<Address>(dram.used().count()));
}

TEST_CASE("Tiles of a product fit the chip, and a chip too small is told what it takes",
          "[lowering]") {
  Target target = test::tiny_target();
  const Formats formats = settle_formats({}, target);
  const TilingProblem problem{product_of(1, 500, 600, 700), {}, formats, target};
  const ContractionTiling t = tile_contraction(problem).value();
  CHECK(isa::bytes_of(t.tile.h * t.tile.oc, formats.accumulator) * 2 <= target.acc_bytes);
  CHECK(isa::bytes_of((t.tile.h + t.tile.oc) * t.tile.c, formats.weight) * 2 <= target.spm_bytes);
  target.acc_bytes = Bytes{4};
  isa::MemoryProgram program;
  CHECK_THROWS_WITH(lower(Gemm{500, 600, 700}, {}, target, program),
                    Catch::Contains("needs at least") && Catch::Contains("and 4"));
}

TEST_CASE("Prefill panels of a large chip keep the array, not memory, the bottleneck",
          "[lowering]") {
  Options options;
  options.phase = Phase::prefill;
  options.weights = WeightFormat::fp8;
  const auto model = std::get<Transformer>(load_model("llama-3.1-8b", test::models_folder()));
  const Target target = test::large_target();
  isa::ProgramHeader header;
  struct HeaderOnly : isa::ProgramSink {
    std::map<std::string, std::string> meta;
    void begin(const isa::ProgramHeader& h) override { meta = h.meta; }
    void put(std::uint32_t, const isa::Instruction&) override {}
    void finish(const std::map<std::string, std::string>&) override {}
  } sink;
  lower(model, options, target, sink);
  const double bytes =
      std::stod(sink.meta["plan.dram_read_bytes"]) + std::stod(sink.meta["plan.dram_write_bytes"]);
  const double macs = std::stod(sink.meta["plan.macs"]);
  const double memory_s = bytes / target.dram_bytes_per_s;
  const double array_s = macs / (32768.0 * 8 * target.clock_hertz);
  CHECK(memory_s < 0.6 * array_s);
}
