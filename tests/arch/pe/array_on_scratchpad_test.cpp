// SPDX-License-Identifier: Apache-2.0
// The array on real on-chip memories, which the test may share with other requesters.
#include <catch2/catch.hpp>

#include "arch/pe/array.h"
#include "arch/spm/core_memory.h"
#include "tests/support/instructions.h"
#include "tests/support/random.h"

using namespace npulse;
using namespace npulse::arch;

namespace {

struct Ask {
  std::int64_t m, n, k, dma_bytes;
};

std::vector<Ask> random_asks(test::Random& random) {
  std::vector<Ask> asks;
  for (int i = 0; i < 30; ++i) {
    asks.push_back({random.between(1, 200), random.between(1, 200), random.between(1, 200),
                    random.between(0, 20000)});
  }
  return asks;
}

PeParams random_array(test::Random& random) {
  PeParams p;
  p.systolic = {.rows = random.between(1, 32),
                .cols = random.between(1, 32),
                .weight_buffers = random.between(1, 2)};
  p.systolic.dataflow = static_cast<Dataflow>(random.between(0, 2));
  p.read_bytes_per_cycle = p.write_bytes_per_cycle = 256;
  return p;
}

/// Back to back on the array; before each product a DMA engine writes `dma_bytes`.
Cycles run(const PeParams& pe, const SpmParams& params, const std::vector<Ask>& asks) {
  Scratchpad spm{params}, acc{params};
  CoreMemory memory{spm, acc};
  Array array{pe, memory};
  Cycles now{0}, finish{0};
  for (const Ask& ask : asks) {
    memory.reserve(now, Cycles{ask.dma_bytes / 64}, {.bytes = ask.dma_bytes, .write = true});
    const Execution e = array.execute(now, test::mm(ask.m, ask.n, ask.k));
    now = e.accepts_next_at;
    finish = e.finish;
  }
  return finish;
}

}  // namespace

TEST_CASE("More ports never finish products that share memory with a DMA engine later",
          "[arch][pe][spm]") {
  test::Random random{16};
  for (int i = 0; i < 300; ++i) {
    const PeParams pe = random_array(random);
    SpmParams memory;
    memory.banks = random.between(1, 8);
    memory.width = Bytes{random.between(1, 8)};
    const auto asks = random_asks(random);
    const Cycles slow = run(pe, memory, asks);
    memory.ports = random.between(2, 8);
    REQUIRE(run(pe, memory, asks) <= slow);
  }
}
