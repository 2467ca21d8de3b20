// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/command_trace.h"

#include <iterator>

namespace npulse::dram {
namespace {

constexpr std::size_t kBuffer = 1 << 16;

}  // namespace

CommandTrace::CommandTrace(std::ostream& out, const ResolvedPart& part, std::size_t channels)
    : out_{out} {
  channels_.reserve(channels);
  for (std::size_t c = 0; c < channels; ++c) channels_.emplace_back(*this, c);
  fmt::format_to(std::back_inserter(buffer_),
                 "# npulse-commands 1 part={} tick_ps={}\n"
                 "# tick channel pseudo_channel command bank row column\n",
                 part.params.name, part.clock.time_of(Cycles{1}).count());
}

void CommandTrace::put(std::size_t channel, const CommandRecord& record) {
  fmt::format_to(std::back_inserter(buffer_), "{} {} {} {} {} {} {}\n", record.at.count(), channel,
                 record.pseudo_channel, to_string(record.command), record.bank, record.row,
                 record.column);
  if (buffer_.size() >= kBuffer) flush();
}

void CommandTrace::flush() {
  out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

}  // namespace npulse::dram
