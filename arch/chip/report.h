// SPDX-License-Identifier: Apache-2.0
// What a run says: plain values, every sum exact. Formats are in report_json.h and report_text.h.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "arch/dram/energy.h"
#include "arch/energy/energy.h"
#include "sim/core/provenance.h"
#include "sim/core/stats.h"
#include "sim/core/units.h"

namespace npulse::arch {

struct ChannelReport {
  std::int64_t bytes_read = 0, bytes_written = 0;
  double bandwidth_bytes_per_s = 0;
  std::int64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
  std::int64_t refreshes = 0, per_bank_refreshes = 0;
};

struct MemoryReport {
  std::string part;
  std::int64_t bytes_read = 0, bytes_written = 0;  ///< As asked; equal to the sum over channels.
  double done_s = 0;  ///< When it had no more to do; posted writes may go after the run's end.
  double bandwidth_bytes_per_s = 0;  ///< (read + written) / done_s.
  double peak_bytes_per_s = 0;
  double channel_peak_bytes_per_s = 0;
  std::array<std::int64_t, dram::kPowerStates> state_ticks{};  ///< Over all pseudo-channels.
  std::vector<ChannelReport> channels;
};

struct EnergyReport {
  Energy energy;
  dram::DramEnergy dram;  ///< The component `dram`, by use and by rail.
  double average_watts = 0;
};

struct QueueReport {
  std::string name;
  std::string kind;
  Cycles busy{}, wait_data{}, wait_resource{}, idle{};  ///< Sum to the run's cycles.
  std::map<std::string, Cycles> wait_data_for, wait_resource_for;
};

struct RegionReport {
  std::string name;
  std::int64_t instances =
      0;  ///< Times entered (also to load ahead for it), on the core that did so most.
  std::int64_t instructions = 0;
  Cycles active{};  ///< Cycles in which any of its instructions was executing.
  Cycles matrix_busy{}, vector_busy{},
      dma_busy{};  ///< Sums over queues of their instructions' cycles.
  std::int64_t macs = 0;
  std::int64_t dram_read_bytes = 0, dram_write_bytes = 0;
  double energy_j = 0;  ///< Dynamic; DRAM's share by bytes.
};

/// What the DMA engines expanded in line.
struct DecompressionReport {
  std::int64_t coded_bytes = 0, expanded_bytes = 0;
  double busy = 0;  ///< Share of the run, mean over the engines that expanded anything.
};

/// Where the run stands under the roofline of its dominant operand type.
struct RooflineReport {
  double macs_per_s = 0, peak_macs_per_s = 0;
  double macs_per_byte = 0;  ///< Of DRAM traffic.
  double ridge_macs_per_byte = 0;
  double attainable_macs_per_s = 0;
  std::string peak_type;
};

struct BoundReport {
  std::string by;    ///< memory, decompressor, matrix, vector or latency.
  std::string text;  ///< In words, with the numbers.
  std::vector<std::pair<std::string, double>> use;  ///< Share of each resource's capacity used.
};

struct ProgramReport {
  std::string name;
  std::map<std::string, std::string> meta;
  std::int64_t tokens =
      0;  ///< Of all sequences that the run processed; 0 when the program does not say.
  double tokens_per_s = 0, energy_per_token_j = 0;
};

/// The statistics of one module.
struct StatsReport {
  struct Value {
    std::string name, unit, doc;
    bool integral = true;
    double value = 0;
  };
  std::string module;
  std::vector<Value> values;
};

struct Report {
  std::string version;
  std::string chip;
  ProgramReport program;
  double latency_s = 0;
  Cycles cycles{};  ///< Of the chip's clock.
  double clock_hertz = 0;
  std::int64_t macs = 0;
  MemoryReport memory;
  EnergyReport energy;
  std::vector<QueueReport> queues;
  std::vector<RegionReport> regions;
  DecompressionReport decompression;
  RooflineReport roofline;
  BoundReport bound;
  std::vector<StatsReport> stats;
  std::vector<Provenance> unsure;  ///< Figures of chip, part and tables that are no published fact.
};

}  // namespace npulse::arch
