// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/trace_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace npulse::arch {
namespace {

traces::ReaderOptions reader_options(const TraceOptions& options, const dram::ResolvedPart& part,
                                     Bytes capacity) {
  return {.dialect = options.dialect,
          .default_bytes = options.bytes.value_or(Bytes{part.organisation.burst_bytes()}),
          .end = static_cast<Address>(capacity.count()),
          .needs_cycles = options.timed};
}

/// The options, when all of them are in range.
const TraceOptions& checked(const TraceOptions& options) {
  constexpr double kLeastMhz = 1, kMostMhz = 100'000;
  Faults faults;
  const double mhz = options.clock_mhz.value_or(kLeastMhz);
  if (!(mhz >= kLeastMhz && mhz <= kMostMhz)) {
    faults.add("clock", fmt::format("{} MHz is out of range", mhz), "use 1 to 100000");
  }
  const Bytes bytes = options.bytes.value_or(Bytes{1});
  if (bytes < Bytes{1} || bytes > traces::kMaxAccess) {
    faults.add("size", fmt::format("{} bytes are out of range", bytes.count()),
               fmt::format("use 1 to {}", traces::kMaxAccess.count()));
  }
  if (options.limit < 1) {
    faults.add("requests", fmt::format("{} is out of range", options.limit), "use 1 or more");
  }
  faults.throw_if_any();
  return options;
}

Hertz clock_of(const TraceOptions& options, const dram::ResolvedPart& part) {
  constexpr double kHertzPerMegahertz = 1e6;
  if (options.clock_mhz) return Hertz{std::llround(*options.clock_mhz * kHertzPerMegahertz)};
  return Hertz{part.clock.frequency().count() / part.ticks_per_clock.count()};
}

}  // namespace

TraceStream::TraceStream(const TraceOptions& options, const dram::ResolvedPart& part,
                         Bytes capacity)
    : input_{checked(options).path},
      reader_{input_.stream(), options.path, reader_options(options, part, capacity)},
      clock_{"trace", clock_of(options, part)},
      limit_{options.limit} {}

bool TraceStream::next(dram::ReplayRequest& request) {
  if (given_ == limit_) return false;
  const auto access = reader_.next();
  if (!access) return false;
  ++given_;
  if (!first_) first_ = access->cycle;
  request.source = access->source;
  request.transaction = {access->address, *access->bytes, access->write};
  request.at = access->cycle ? clock_.time_of(*access->cycle - *first_) : Picoseconds{0};
  return true;
}

double TraceStream::fraction() {
  const double of_limit = static_cast<double>(given_) / static_cast<double>(limit_);
  return std::max(of_limit, input_.fraction());
}

}  // namespace npulse::arch
