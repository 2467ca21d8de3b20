// SPDX-License-Identifier: Apache-2.0
// npulse dram and npulse convert: reports, formats, side outputs, and what is refused.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/cli/requirements.h"
#include "tests/support/gzip.h"

using namespace npulse::test;
using nlohmann::json;

namespace {

constexpr int kRequests = 6000;

/// Four sources, each two reads and a write, in streams of its own.
std::string mixed_trace() {
  std::ostringstream text;
  text << "# source, direction, address\n" << std::hex;
  for (int i = 0; i < kRequests; ++i) {
    const int source = i % 4, n = i / 4;
    text << source << (n % 3 == 2 ? " W 0x" : " R 0x") << (source << 20) + n * 32 << "\n";
  }
  return text.str();
}

json report_of(const Desk& desk, const std::string& arguments) {
  return json::parse(require_ok(desk, "dram " + arguments + " --json -").out);
}

const std::string kData = NPULSE_SOURCE_DIR "/tests/traces/dram/data/";

}  // namespace

TEST_CASE("A replay reports what was asked for, what moved and where the time went",
          "[cli][dram]") {
  const Desk desk;
  desk.put("mixed.trace", mixed_trace());
  for (const std::string part : {"lpddr5-6400", "hbm3-6400"}) {
    const json report = report_of(desk, part + " mixed.trace --channels 2");
    INFO(report.dump(1));
    CHECK(report.at("requests") == kRequests);
    CHECK(report.at("sources") == 4);
    CHECK(report.at("format") == "native");
    CHECK(report.at("reads").get<int>() + report.at("writes").get<int>() == kRequests);
    const json& memory = report.at("memory");
    CHECK(memory.at("part") == part);
    CHECK(memory.at("channels").size() == 2);
    CHECK(memory.at("bytes_read") == 32 * report.at("reads").get<int>());
    CHECK(memory.at("bytes_written") == 32 * report.at("writes").get<int>());
    const double used = memory.at("bandwidth_bytes_per_s"), peak = memory.at("peak_bytes_per_s");
    CHECK(used == Approx(32 * kRequests / report.at("latency_s").get<double>()));
    // One burst a request and no padding: data moved for just that share of the time.
    CHECK(report.at("time").at("shares").at("data").get<double>() ==
          Approx(used / peak).epsilon(1e-3));
    const json& latency = report.at("read_latency_ns");
    CHECK(latency.at("count") == report.at("reads"));
    CHECK(latency.at("p50") <= latency.at("p99"));
    CHECK(latency.at("p99") <= latency.at("max"));
    CHECK(latency.at("mean") > 0);
    CHECK(report.at("commands").at("rd") == report.at("reads"));
    CHECK(report.at("energy_j").at("total") > 0);
  }
}

TEST_CASE("The uses of time add up to the whole, to the tick and in print", "[cli][dram]") {
  const Desk desk;
  desk.put("mixed.trace", mixed_trace());
  const json time = report_of(desk, "hbm3-6400 mixed.trace").at("time");
  std::int64_t ticks = 0;
  for (const auto& [use, value] : time.at("ticks").items()) ticks += value.get<std::int64_t>();
  CHECK(ticks == time.at("total_ticks"));
  const std::string text = require_ok(desk, "dram hbm3-6400 mixed.trace").out;
  std::istringstream lines{text.substr(text.find("data buses went"))};
  std::string line;
  std::getline(lines, line);
  int tenths = 0;
  for (std::size_t i = 0; i < time.at("shares").size() && std::getline(lines, line); ++i) {
    std::istringstream words{line};
    std::string name;
    double share = 0;
    REQUIRE(words >> name >> share);
    tenths += static_cast<int>(share * 10 + 0.5);
  }
  CHECK(tenths == 1000);
}

TEST_CASE("The same trace gives the same bytes, plain or compressed", "[cli][dram]") {
  const Desk plain, packed;
  plain.put("t", mixed_trace());
  packed.put("t", npulse::tests::gzip(mixed_trace()));
  const std::string command = "dram lpddr5x-8533 t --channels 3 --json -";
  const std::string first = require_ok(plain, command).out;
  CHECK((require_ok(plain, command).out == first));
  CHECK((require_ok(packed, command).out == first));
}

TEST_CASE("Every format is replayed, and found without being told", "[cli][dram]") {
  const Desk desk;
  const auto [file, format] =
      GENERATE(table<std::string, std::string>({{"native.trace", "native"},
                                                {"dramsys.stl", "stl"},
                                                {"dramsys.rstl", "rstl"},
                                                {"ramulator.trace", "ramulator"},
                                                {"dramsim3.trace", "dramsim3"}}));
  const std::string command = "hbm3-6400 '" + kData + file + "' --size 64";
  const json found = report_of(desk, command);
  CHECK(found.at("format") == format);
  CHECK(found.at("requests") == 8);
  CHECK(report_of(desk, command + " --format " + format) == found);
  const bool has_times = format != "ramulator";
  if (has_times) CHECK(report_of(desk, command + " --timed").at("requests") == 8);
}

TEST_CASE("A slower clock stretches a timed replay", "[cli][dram]") {
  const Desk desk;
  desk.put("t", "0 R 0x0 @0\n0 R 0x20 @1000000\n");
  const double fast = report_of(desk, "lpddr5-6400 t --timed --clock 1000").at("latency_s");
  const double slow = report_of(desk, "lpddr5-6400 t --timed --clock 100").at("latency_s");
  const double own = report_of(desk, "lpddr5-6400 t --timed").at("latency_s");
  CHECK(fast == Approx(1e-3).epsilon(0.001));
  CHECK(slow == Approx(1e-2).epsilon(0.001));
  CHECK(own == Approx(1e6 / 800e6).epsilon(0.001));
}

TEST_CASE("The options requests and size say how much is replayed", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const json report = report_of(desk, "lpddr5-6400 t --requests 10 --size 64");
  CHECK(report.at("requests") == 10);
  CHECK(report.at("memory").at("bytes_read").get<int>() +
            report.at("memory").at("bytes_written").get<int>() ==
        640);
}

TEST_CASE("The memory can be changed in every parameter", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const json base = report_of(desk, "lpddr5-6400 t --channels 1");
  const json mapped = report_of(desk, "lpddr5-6400 t --channels 1 --mapping rbc");
  const json slow = report_of(desk, "lpddr5-6400 t --channels 1 --set part.timing.t_rcd.ns=100");
  const json small = report_of(desk, "lpddr5-6400 t --channels 1 --set controller.queue_bursts=4");
  CHECK(mapped.at("mapping") == "rbc");
  CHECK(mapped.at("latency_s") != base.at("latency_s"));
  CHECK(slow.at("latency_s") > base.at("latency_s"));
  CHECK(small.at("latency_s") > base.at("latency_s"));
}

TEST_CASE("The option commands writes every command, compressed by name", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const json report = report_of(desk, "hbm3-6400 t --channels 2 --commands c.txt");
  require_ok(desk, "dram hbm3-6400 t --channels 2 --quiet --commands c.txt.gz");
  std::int64_t commands = 0;
  for (const auto& [name, count] : report.at("commands").items()) commands += count.get<int>();
  const std::string text = desk.read("c.txt");
  CHECK_THAT(text, Catch::StartsWith("# npulse-commands 1 part=hbm3-6400 tick_ps="));
  CHECK(lines_of(text) == commands + 2);
  CHECK((npulse::tests::gunzip(desk.read("c.txt.gz")) == text));
}

TEST_CASE("Two replays are compared figure by figure", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const json a = report_of(desk, "lpddr5-6400 t --channels 1");
  const json b = report_of(desk, "hbm3-6400 t --channels 1");
  desk.put("a.json", a.dump());
  desk.put("b.json", b.dump());
  const std::string text = require_ok(desk, "compare a.json b.json").out;
  for (const char* words :
       {"hbm3-6400", "read latency, p99", "time: row_opening", "share of peak"}) {
    CHECK_THAT(text, Catch::Contains(words));
  }
  const json comparison = json::parse(require_ok(desk, "compare a.json b.json --json -").out);
  CHECK(comparison.at("kind") == "dram");
  double shares = 0;
  for (const json& figure : comparison.at("figures")) {
    const std::string name = figure.at("figure");
    if (name == "read latency, mean") CHECK(figure.at("a") == a.at("read_latency_ns").at("mean"));
    if (name.starts_with("time: ")) shares += figure.at("b").get<double>();
  }
  CHECK(shares == Approx(1));
  require_ok(desk, "run edu-8x8 gemm:24,24,24 --quiet --json run.json");
  require_refused(desk, "compare a.json run.json", {"give two of the same kind"});
  require_refused(desk, "compare a.json t", {"is no JSON"});
}

TEST_CASE("Every bin of the latency histogram is drawn, the largest longest", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const std::string text = require_ok(desk, "dram lpddr5-6400 t --channels 1").out;
  std::istringstream lines{text.substr(text.find("read latencies"))};
  std::string line;
  std::getline(lines, line);
  double total = 0;
  std::map<double, std::size_t> bars;  // by share
  while (std::getline(lines, line) && line.find(" to ") != std::string::npos) {
    const double share = std::stod(line.substr(line.find('%') - 7));
    total += share;
    bars[share] = static_cast<std::size_t>(std::count(line.begin(), line.end(), '#'));
  }
  CHECK(total == Approx(100).margin(1));
  REQUIRE(bars.size() >= 3);
  CHECK(bars.begin()->second >= 1);
  CHECK(bars.rbegin()->second == 40);
}

TEST_CASE("Suggesting a mapping ranks every preset as a replay of each would", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  const json table = report_of(desk, "lpddr5-6400 t --channels 2 --suggest-mapping");
  CHECK(table.at("requests") == kRequests);
  REQUIRE(table.at("mappings").size() >= 4);
  double last = 0;
  for (const json& trial : table.at("mappings")) {
    const std::string name = trial.at("mapping");
    const json report = report_of(desk, "lpddr5-6400 t --channels 2 --mapping " + name);
    CHECK(trial.at("latency_s") == report.at("latency_s"));
    CHECK(trial.at("latency_s") >= last);
    last = trial.at("latency_s");
  }
  const std::string best = table.at("mappings")[0].at("mapping");
  CHECK_THAT(require_ok(desk, "dram lpddr5-6400 t --channels 2 --suggest-mapping").out,
             Catch::Contains("best: --mapping " + best));
}

TEST_CASE("Faulty lines are listed with their places, and nothing is written", "[cli][dram]") {
  const Desk desk;
  desk.put("bad.trace", "0 R 0x0\n0 X 0x20\n0 R 0x40\n0 R 64\n");
  desk.put("old.json", "old");
  const std::string command = "dram lpddr5-6400 bad.trace --json old.json --commands c.gz";
  require_refused(desk, command, {"bad.trace:2:3: 'X' is not R or W"});
  require_refused(desk, command, {"bad.trace:4:5: '64' is not an address with 0x"});
  CHECK(desk.read("old.json") == "old");
  desk.put("far.trace", "0 R 0x0\n0 R 0xffffffffff\n");
  require_refused(desk, "dram lpddr5-6400 far.trace", {"far.trace:2:1"});
}

TEST_CASE("What a replay cannot do is refused with what is allowed", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  desk.put("empty", "# nothing\n");
  const std::string dram = "dram lpddr5-6400 t ";
  require_refused(desk, "dram lpddr5-6400", {"TRACE is missing"});
  require_refused(desk, "dram lpddr5-640 t", {"lpddr5-6400"});
  require_refused(desk, "dram lpddr5-6400 gone", {"gone: cannot be read"});
  require_refused(desk, "dram lpddr5-6400 empty", {"empty: holds no request"});
  require_refused(desk, dram + "--engine quick", {"allowed: fast, reference"});
  require_refused(desk, dram + "--mapping rcb", {"did you mean 'rbc'"});
  require_refused(desk, dram + "--format st",
                  {"allowed: native, stl, rstl, ramulator, dramsim3, simpleo3"});
  require_refused(desk, dram + "--channels 0", {"use 1 to 1024"});
  require_refused(desk, dram + "--requests 0", {"out of range"});
  require_refused(desk, dram + "--size 1048577", {"use 1 to 1048576"});
  require_refused(desk, dram + "--clock 0.5", {"out of range"});
  require_refused(desk, dram + "--timed", {"t:2:1: the line has no time"});
  require_refused(desk, dram + "--set part=hbm3-6400", {"the part is the first word"});
  require_refused(desk, dram + "--set controller.queue=3", {"queue_bursts"});
  require_refused(desk, dram + "--set part.timing.t_rdc.ns=3", {"t_rcd"});
  require_refused(desk, dram + "--suggest-mapping --commands c", {"does not go with"});
  require_refused(desk, dram + "--json nowhere/r.json", {"nowhere/r.json"});
  require_refused(desk, dram + "--commands nowhere/c", {"nowhere/c"});
  require_refused(desk, dram + "--quiet --commands /dev/full", {"/dev/full"});
}

TEST_CASE("A converted trace replays as the original", "[cli][dram]") {
  const Desk desk;
  desk.put("t", mixed_trace());
  for (const std::string to : {"native", "stl", "rstl", "ramulator", "dramsim3"}) {
    const std::string file = "t." + to + ".gz";
    CHECK_THAT(require_ok(desk, "convert t -o " + file + " --to " + to).out,
               Catch::Contains(std::to_string(kRequests) + " requests as " + to));
    const json report = report_of(desk, "lpddr5-6400 " + file + " --format " + to);
    CHECK(report.at("requests") == kRequests);
    CHECK(report.at("memory").at("bytes_written") == 32 * report.at("writes").get<int>());
  }
  require_ok(desk, "convert t -o t.stl");
  CHECK(report_of(desk, "lpddr5-6400 t.stl").at("format") == "stl");
  require_refused(desk, "convert t", {"-o FILE is missing"});
  require_refused(desk, "convert t -o t.txt", {"say --to native, stl"});
  require_refused(desk, "convert gone -o t2.stl", {"gone: cannot be read"});
  require_refused(desk, "convert t -o t3 --to simpleo3", {"simpleo3 is only read"});
  desk.put("core", "3 64 128\n1 192\n");
  require_ok(desk, "convert core -o core.trace --to native");
  CHECK(desk.read("core.trace") == "0 R 0x40\n0 W 0x80\n0 R 0xc0\n");
  CHECK(report_of(desk, "lpddr5-6400 core").at("format") == "simpleo3");
  require_refused(desk, "dram lpddr5-6400 core --timed", {"core:1:1: the line has no time"});
  desk.put("bad", "0 R 0x0\nx\n");
  require_refused(desk, "convert bad -o bad.stl", {"bad:2:1"});
}
