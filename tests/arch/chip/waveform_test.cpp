// SPDX-License-Identifier: Apache-2.0
// The value change dump tells the same story as the report: each state as long, each instruction
// once.
#include "arch/chip/waveform.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/runs.h"
#include "tests/support/temp_dir.h"

using namespace npulse;
using namespace npulse::arch;
using namespace npulse::test;

namespace {

/// A value change dump as a viewer reads it.
struct Dump {
  std::map<std::string, std::string> names;  ///< `core0.ld.state` by identifier.
  std::map<std::string, std::map<std::string, std::int64_t>> time;  ///< By name, then value; in ps.
  std::map<std::string, std::string> last;
  std::int64_t end = 0;
  bool ordered = true;
};

class Reader {
 public:
  explicit Reader(const std::string& text) {
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) read(line);
    for (const auto& [code, value] : values_) close(code);
  }
  const Dump& dump() const { return dump_; }

 private:
  void read(const std::string& line) {
    std::istringstream words{line};
    std::string word, type, width, code, name;
    words >> word;
    if (word == "$scope") {
      words >> type >> name;
      scopes_.push_back(name);
    } else if (word == "$upscope") {
      scopes_.pop_back();
    } else if (word == "$var") {
      words >> type >> width >> code >> name;
      std::string path;
      for (const std::string& scope : scopes_) path += scope + ".";
      dump_.names[code] = path + name;
    } else if (word[0] == '#') {
      const std::int64_t time = std::stoll(word.substr(1));
      dump_.ordered = dump_.ordered && (time > dump_.end || time == 0);
      dump_.end = time;
    } else if (word[0] == 's' || word[0] == 'b') {
      words >> code;
      if (values_.count(code)) close(code);
      values_[code] = word.substr(1);
      since_[code] = dump_.end;
      dump_.last[dump_.names.at(code)] = word.substr(1);
    }
  }
  void close(const std::string& code) {
    dump_.time[dump_.names.at(code)][values_[code]] += dump_.end - since_[code];
  }

  Dump dump_;
  std::vector<std::string> scopes_;
  std::map<std::string, std::string> values_;
  std::map<std::string, std::int64_t> since_;
};

struct Run {
  Report report;
  Dump dump;
};

Run run_with_dump(const std::string& model, const std::string& chip_name) {
  const tests::TempDir folder;
  const auto path = folder.path() / "queues.vcd";
  const Chip chip = load_chip(chip_name);
  RunOptions options;
  options.waveform = path;
  const Report report = run(chip, lowered(model, chip), options);
  std::ifstream in{path};
  std::stringstream text;
  text << in.rdbuf();
  return {report, Reader{text.str()}.dump()};
}

}  // namespace

TEST_CASE("Every queue is in each state as long as the report says", "[waveform]") {
  const auto [report, dump] = run_with_dump("gemm:70,50,90", "edu-8x8");
  const double ps_per_cycle = 1e12 / report.clock_hertz;
  REQUIRE(dump.ordered);
  REQUIRE(dump.end == Approx(static_cast<double>(report.cycles.count()) * ps_per_cycle));
  for (const QueueReport& queue : report.queues) {
    const auto name = "core" + queue.name.substr(1)  // c0.ld is in core0
                      + ".state";
    INFO(name);
    const auto cycles = [&](const char* state) {
      const auto& times = dump.time.at(name);
      return times.count(state) ? static_cast<double>(times.at(state)) / ps_per_cycle : 0.0;
    };
    CHECK(cycles("wait_data") == Approx(static_cast<double>(queue.wait_data.count())));
    CHECK(cycles("idle") == Approx(static_cast<double>(queue.idle.count())));
    // what an executing instruction lost to a resource is known only when it ends
    CHECK(cycles("busy") + cycles("wait_resource") ==
          Approx(static_cast<double>((queue.busy + queue.wait_resource).count())));
  }
}

TEST_CASE("Nothing is executing at the end", "[waveform]") {
  const auto [report, dump] = run_with_dump("gemm:64,64,64", "rngd");
  std::size_t queues = 0;
  for (const auto& [name, value] : dump.last) {
    if (name.find(".executing") == std::string::npos) continue;
    CHECK(value == "0");
    ++queues;
  }
  REQUIRE(queues == report.queues.size());
}
