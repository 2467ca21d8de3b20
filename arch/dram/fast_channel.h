// SPDX-License-Identifier: Apache-2.0
// The fast engine: whole granules reserved at once, and what that does to a state remembered.
#pragma once

#include <vector>

#include "arch/dram/command_sorter.h"
#include "arch/dram/fast_pseudo_channel.h"

namespace npulse::dram {

class FastChannel final : public Channel {
 public:
  FastChannel(const ResolvedPart& part, const ControllerParams& controller, const Memos& memos,
              CommandObserver* observer);
  FastChannel& operator=(const FastChannel&) = delete;

  bool can_accept() const override { return backlog_ < backlog_limit_; }
  Cycles accepting_since() const override { return accepting_since_; }
  void push(const Request& request) override;
  void advance(Cycles until, CompletionSink& sink) override;
  Cycles next_event() const override { return next_; }
  void settle(Cycles until) override;
  ChannelCounts counts() const override;
  std::unique_ptr<Channel> clone() const override;
  bool in_step_with(const Channel& other, Cycles past) const override;

 private:
  FastChannel(const FastChannel&) = default;  // for clone()

  std::int64_t backlog_limit_;
  std::int64_t backlog_ = 0;
  Cycles next_ = kNever;  ///< The next decision for a request.
  Cycles accepting_since_{0};
  std::optional<CommandSorter> sorter_;
  std::vector<FastPseudoChannel> pseudo_channels_;
};

}  // namespace npulse::dram
