// SPDX-License-Identifier: Apache-2.0
// The reference engine: always issues the earliest command of its pseudo-channels.
#pragma once

#include <vector>

#include "arch/dram/pseudo_channel.h"

namespace npulse::dram {

class ReferenceChannel : public Channel {
 public:
  ReferenceChannel(const ResolvedPart& part, const ControllerParams& controller,
                   CommandObserver* observer);
  ReferenceChannel(const ReferenceChannel&) = delete;
  ReferenceChannel& operator=(const ReferenceChannel&) = delete;

  bool can_accept() const override { return shared_.backlog < backlog_limit_; }
  Cycles accepting_since() const override { return accepting_since_; }
  void push(const Request& request) override;
  void advance(Cycles until, CompletionSink& sink) override;
  Cycles next_event() const override;
  ChannelCounts counts() const override { return shared_.counts; }

 private:
  /// Runs `step` and notes when the backlog falls below its limit.
  template <class Step>
  void watch_backlog(Step&& step);

  ChannelShared shared_;
  std::int64_t backlog_limit_;
  Cycles accepting_since_{0};
  Cycles now_{0};         ///< Of the last event.
  Cycles next_event_{0};  ///< No event before this one.
  std::vector<PseudoChannel> pseudo_channels_;
};

}  // namespace npulse::dram
