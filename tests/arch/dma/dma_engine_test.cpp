// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <map>

#include "arch/dma/engine.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

/// Reservations that never conflict.
struct FreeLocal : ScratchpadPort {
  std::int64_t read = 0, written = 0;
  Cycles reserve(Cycles start, Cycles nominal, const AccessStream& stream) override {
    (stream.write ? written : read) += stream.bytes;
    return start + nominal;
  }
};

struct Sent {
  PieceId id;
  Side side;
  Address address;
  std::int64_t bytes;
  bool write;
  Cycles at;
};

/// Answers every request a fixed time after it was sent; may refuse to go on.
struct FixedWire : DmaWire {
  explicit FixedWire(Cycles l) : latency{l} {}
  bool send(PieceId id, const Side& side, Address address, std::int64_t bytes, bool write,
            Cycles at) override {
    sent.push_back({id, side, address, bytes, write, at});
    answers.emplace(at + latency, id);
    return accepts;
  }
  Cycles latency;
  bool accepts = true;
  std::vector<Sent> sent;
  std::multimap<Cycles, PieceId> answers;
};

struct Bench {
  DmaParams params;
  FreeLocal local;
  FixedWire wire{Cycles{100}};
  std::optional<DmaEngine> engine;
  std::map<Ticket, Cycles> finished;
  std::map<Ticket, Outcome> outcomes;

  DmaEngine& made() {
    if (!engine) engine.emplace(params, std::uint16_t{1}, local, wire);
    return *engine;
  }
  void start(Cycles now, Ticket ticket, isa::Operation operation) {
    isa::Instruction instruction;
    instruction.operation = std::move(operation);
    made().start(now, ticket, instruction);
  }
  /// Runs until nothing is left, hopping from event to event.
  void run(Cycles now) {
    for (;;) {
      while (!wire.answers.empty() && wire.answers.begin()->first <= now) {
        engine->answer(now, wire.answers.begin()->second);
        wire.answers.erase(wire.answers.begin());
      }
      engine->step(now);
      while (const auto done = engine->take_finished(now)) {
        finished[done->ticket] = now;
        outcomes[done->ticket] = done->outcome;
      }
      std::optional<Cycles> next = engine->wake_at();
      if (!wire.answers.empty())
        next = next ? std::min(*next, wire.answers.begin()->first) : wire.answers.begin()->first;
      if (!next) return;
      now = std::max(now, *next);
    }
  }
};

isa::Dma load(std::int64_t bytes) {
  isa::Dma dma;
  dma.src = {isa::Space::dram, {}, 0, {}};
  dma.dst = {isa::Space::spm, {}, 0, {}};
  dma.shape = {bytes};
  return dma;
}

/// int4g128 to i8.
isa::Dma coded_load(std::int64_t expanded) {
  isa::Dma dma = load(expanded);
  dma.codec = isa::CodecFormat::int4g128;
  dma.compressed_bytes = expanded / 128 * 66;
  return dma;
}

}  // namespace

TEST_CASE("One load takes start-up, issue, latency and the write of its last piece", "[dma]") {
  Bench bench;
  const std::int64_t pieces = 4;
  bench.start(Cycles{10}, 1, load(pieces * 4096));
  bench.run(Cycles{10});
  const Cycles piece{4096 / bench.params.bytes_per_cycle};
  REQUIRE(bench.finished[1] == Cycles{10} + bench.params.start_cycles + (pieces - 1) * piece +
                                   bench.wire.latency + piece);
  REQUIRE(bench.outcomes[1].activity.dram_read_bytes == pieces * 4096);
  REQUIRE(bench.local.written == pieces * 4096);
}

TEST_CASE("The outstanding limit paces a long latency", "[dma]") {
  Bench bench;
  bench.params.outstanding = 2;
  bench.wire.latency = Cycles{1000};
  bench.start(Cycles{0}, 1, load(8 * 4096));
  bench.run(Cycles{0});
  REQUIRE(bench.finished[1] >= Cycles{4 * 1000});
  REQUIRE(bench.outcomes[1].stalled > Cycles{3000});
  REQUIRE(std::string{bench.outcomes[1].stalled_on} == "memory");
}

TEST_CASE("A second descriptor hides its start-up behind the first", "[dma]") {
  Bench bench;
  bench.params.start_cycles = Cycles{50};
  bench.params.descriptors = 2;
  bench.start(Cycles{0}, 1, load(64 * 4096));
  bench.start(Cycles{0}, 2, load(64 * 4096));
  REQUIRE_FALSE(bench.engine->can_start());
  bench.run(Cycles{0});
  const Cycles piece{4096 / bench.params.bytes_per_cycle};
  REQUIRE(bench.finished[2] - bench.finished[1] == 64 * piece);
}

TEST_CASE("A withheld end of request stops the engine until it is unblocked", "[dma]") {
  Bench bench;
  bench.wire.accepts = false;
  bench.params.outstanding = 2;  // packets go one by one
  bench.start(Cycles{0}, 1, load(3 * 4096));
  bench.run(Cycles{0});
  REQUIRE(bench.wire.sent.size() == 1);
  REQUIRE(bench.finished.empty());
  bench.wire.accepts = true;
  bench.engine->unblock();
  bench.run(Cycles{5000});
  REQUIRE(bench.wire.sent.size() == 3);
  REQUIRE(bench.finished.count(1) == 1);
}

TEST_CASE("A multicast reads once and writes to every other core", "[dma]") {
  Bench bench;
  isa::Dma dma = load(4096);
  dma.src = {isa::Space::spm, {}, 0, {}};
  dma.multicast = 0b1111;
  bench.start(Cycles{0}, 1, dma);
  bench.run(Cycles{0});
  REQUIRE(bench.local.read == 4096);
  REQUIRE(bench.local.written == 4096);
  std::vector<std::uint16_t> cores;
  for (const Sent& sent : bench.wire.sent) {
    REQUIRE(sent.write);
    cores.push_back(*sent.side.core);
  }
  REQUIRE(cores == std::vector<std::uint16_t>{0, 2, 3});
  REQUIRE(bench.outcomes[1].activity.noc_bytes == 3 * 4096);
  REQUIRE(bench.outcomes[1].activity.spm_write_bytes == 4 * 4096);
}

TEST_CASE("The decompressor bounds a coded load", "[dma]") {
  Bench bench;
  bench.params.bytes_per_cycle = 1024;
  bench.params.decompress_bytes_per_cycle = 8;
  bench.start(Cycles{0}, 1, coded_load(128 * 1024));
  bench.run(Cycles{0});
  REQUIRE(bench.finished[1] >= Cycles{128 * 1024 / 8});
  REQUIRE(bench.outcomes[1].activity.dram_read_bytes == 66 * 1024);
  REQUIRE(bench.outcomes[1].activity.expanded_bytes == 128 * 1024);
}

TEST_CASE("A coded load takes the longest of data path and decompressor, and one of them to begin",
          "[dma]") {
  const std::int64_t expanded = 1 << 20;
  for (const std::int64_t path : {64, 256, 1024}) {
    for (const std::int64_t out : {16, 64, 256, 1024}) {
      CAPTURE(path, out);
      Bench bench;
      bench.params.bytes_per_cycle = path;
      bench.params.decompress_bytes_per_cycle = out;
      bench.params.outstanding = 4096;
      bench.params.max_transaction = Bytes{256};
      bench.start(Cycles{0}, 1, coded_load(expanded));
      bench.run(Cycles{0});
      const std::int64_t longest = expanded / std::min(path, out);
      const Cycles around =
          bench.params.start_cycles + bench.wire.latency + bench.params.decompress_latency;
      const DecompressorUse& use = bench.engine->decompressor();
      CHECK(bench.finished[1] >= Cycles{longest});
      CHECK(bench.finished[1] <=
            Cycles{longest * 115 / 100} + around);  // a train of packets comes whole
      CHECK(use.coded_bytes == coded_load(expanded).compressed_bytes);
      CHECK(use.expanded_bytes == expanded);
      CHECK(use.busy >= Cycles{expanded / out});
    }
  }
}

TEST_CASE("Who waits for a coded load blames the decompressor if it was at work, or memory",
          "[dma]") {
  const auto blamed = [](std::int64_t path, std::int64_t out) {
    Bench bench;
    bench.params.bytes_per_cycle = path;
    bench.params.decompress_bytes_per_cycle = out;
    bench.start(Cycles{0}, 1, coded_load(1 << 18));
    bench.run(Cycles{0});
    CHECK((bench.engine->decompressor().waited > Cycles{0}) == (out < path));
    return std::string{bench.outcomes[1].stalled_on};
  };
  CHECK(blamed(256, 32) == "decompressor");
  CHECK(blamed(32, 256) == "memory");
}

TEST_CASE("An opaque transfer moves its bytes and takes at least its cycles", "[dma]") {
  Bench bench;
  isa::Opaque opaque;
  opaque.cycles = 9000;
  opaque.bytes_read = 5000;
  opaque.bytes_written = 3000;
  bench.start(Cycles{0}, 1, opaque);
  bench.run(Cycles{0});
  REQUIRE(bench.finished[1] == Cycles{9000});
  REQUIRE(bench.outcomes[1].activity.dram_read_bytes == 5000);
  REQUIRE(bench.outcomes[1].activity.dram_write_bytes == 3000);
}

TEST_CASE("An opaque without bytes holds the engine for its cycles", "[dma]") {
  Bench alone, behind;
  alone.start(Cycles{0}, 1, load(4096));
  alone.run(Cycles{0});
  isa::Opaque opaque;
  opaque.cycles = 9000;
  behind.start(Cycles{0}, 1, opaque);
  behind.start(Cycles{0}, 2, load(4096));
  behind.run(Cycles{0});
  CHECK(behind.finished[1] == Cycles{9000});
  CHECK(behind.finished[2] == Cycles{9000} + alone.finished[1]);
}

TEST_CASE("A cfg costs its cycles and an empty transfer only its start-up", "[dma]") {
  Bench bench;
  bench.params.cfg_cycles = Cycles{7};
  bench.start(Cycles{0}, 1, isa::Cfg{"mode", 1});
  bench.run(Cycles{0});
  REQUIRE(bench.finished[1] == Cycles{7});
  bench.start(Cycles{100}, 2, load(0));
  bench.run(Cycles{100});
  REQUIRE(bench.finished[2] == Cycles{100} + bench.params.start_cycles);
}
