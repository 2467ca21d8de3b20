// SPDX-License-Identifier: Apache-2.0
// The command trace holds every command, in order.
#include "arch/dram/replay/command_trace.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/arch/dram/replay/replayed.h"

using namespace npulse;
using namespace npulse::dram;
using namespace npulse::test;

TEST_CASE("A command trace has a line for every command counted", "[arch][dram][replay]") {
  const PartParams params = testing::shipped_part("hbm3-6400");
  const ResolvedPart part{params};
  std::stringstream text;
  CommandTrace trace{text, part, 2};
  std::vector<CommandObserver*> observers{&trace.channel(0), &trace.channel(1)};
  MemoryParams memory_params;
  memory_params.channels = 2;
  memory_params.engine = MemoryEngine::reference;
  Memory memory{params, memory_params, observers};
  Pattern pattern{5000, [](std::uint64_t i) { return access(i * 96, 64, i % 5 == 0); }};
  Replay{memory, pattern, {false, Picoseconds{10'000}, {}}}.run();
  trace.flush();

  std::string line;
  std::getline(text, line);
  CHECK(line == "# npulse-commands 1 part=hbm3-6400 tick_ps=313");
  std::getline(text, line);
  ChannelCounts counts;
  std::array<std::int64_t, 4> last{};
  while (std::getline(text, line)) {
    std::istringstream words{line};
    std::int64_t tick = 0, bank = 0, row = 0, column = 0;
    std::size_t channel = 0, pseudo_channel = 0;
    std::string name;
    REQUIRE(words >> tick >> channel >> pseudo_channel >> name >> bank >> row >> column);
    const auto command = parse_enum<Command>(name);
    REQUIRE(command);
    ++counts.commands[index(*command)];
    REQUIRE(tick >= last.at(2 * channel + pseudo_channel));
    last.at(2 * channel + pseudo_channel) = tick;
  }
  CHECK(counts.commands == memory.total_counts().commands);
  CHECK(counts.bursts() >= 10'000);
}
