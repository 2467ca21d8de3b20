// SPDX-License-Identifier: Apache-2.0
// A trace file as requests to a memory.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "arch/dram/replay/source_queues.h"
#include "arch/dram/resolved_part.h"
#include "sim/core/clock_domain.h"
#include "traces/dram/input.h"
#include "traces/dram/reader.h"

namespace npulse::arch {

struct TraceOptions {
  std::string path;
  std::optional<traces::Dialect> dialect{};  ///< Found from name and content when absent.
  bool timed = false;                        ///< Every line must have a time.
  std::optional<double> clock_mhz{};         ///< Of the trace's cycles; the part's CK when absent.
  std::optional<Bytes> bytes{};              ///< Of lines that name no size; a burst when absent.
  std::int64_t limit = std::numeric_limits<std::int64_t>::max();  ///< Requests to read.
};

class TraceStream : public dram::RequestStream {
 public:
  /// For a memory of `capacity` bytes. Throws InputError when the file cannot be read or an option
  /// is out of range.
  TraceStream(const TraceOptions& options, const dram::ResolvedPart& part, Bytes capacity);

  /// Throws InputError with the faults of the file. The first request is due at 0.
  bool next(dram::ReplayRequest& request) override;

  traces::Dialect dialect() const { return reader_.dialect(); }
  /// Share of the trace that was read.
  double fraction();

 private:
  traces::TraceInput input_;
  traces::AccessReader reader_;
  ClockDomain clock_;
  std::int64_t limit_, given_ = 0;
  std::optional<Cycles> first_;
};

}  // namespace npulse::arch
