// SPDX-License-Identifier: Apache-2.0
// The command stream as text: a line a command, in order of time within a pseudo-channel.
//
//   # npulse-commands 1 part=lpddr5-6400 tick_ps=1250
//   # tick channel pseudo_channel command bank row column
//   1009 0 0 act 5 77 0
//
// Fields that a command does not have are 0.
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <vector>

#include "arch/dram/request.h"
#include "arch/dram/resolved_part.h"

namespace npulse::dram {

class CommandTrace {
 public:
  /// `out` must outlive the trace.
  CommandTrace(std::ostream& out, const ResolvedPart& part, std::size_t channels);
  /// For the channel's commands.
  CommandObserver& channel(std::size_t channel) { return channels_[channel]; }
  /// Hands over what is buffered.
  void flush();

 private:
  class Channel : public CommandObserver {
   public:
    Channel(CommandTrace& trace, std::size_t number) : trace_{trace}, number_{number} {}
    void command(const CommandRecord& record) override { trace_.put(number_, record); }

   private:
    CommandTrace& trace_;
    std::size_t number_;
  };
  void put(std::size_t channel, const CommandRecord& record);

  std::ostream& out_;
  fmt::memory_buffer buffer_;
  std::vector<Channel> channels_;
};

}  // namespace npulse::dram
