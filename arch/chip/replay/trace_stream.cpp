// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/replay/trace_stream.h"

#include <algorithm>

namespace npulse::arch {
namespace {

traces::ReaderOptions reader_options(const TraceOptions& options, const dram::ResolvedPart& part,
                                     Bytes capacity) {
  return {.dialect = options.dialect,
          .default_bytes = options.bytes.value_or(Bytes{part.organisation.burst_bytes()}),
          .end = static_cast<Address>(capacity.count()),
          .needs_cycles = options.timed};
}

Hertz clock_of(const dram::ResolvedPart& part) {
  return Hertz{part.clock.frequency().count() / part.ticks_per_clock.count()};
}

}  // namespace

TraceStream::TraceStream(const TraceOptions& options, const dram::ResolvedPart& part,
                         Bytes capacity)
    : input_{options.path},
      reader_{input_.stream(), options.path, reader_options(options, part, capacity)},
      clock_{"trace", options.clock.value_or(clock_of(part))},
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
