// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_channel.h"

#include <algorithm>

#include "arch/dram/controller_fit.h"
#include "sim/core/error.h"

namespace npulse::dram {
FastChannel::FastChannel(const ResolvedPart& part, const ControllerParams& controller,
                         const Memos& memos, CommandObserver* observer)
    : backlog_limit_{check_fit(part, controller).backlog_bursts} {
  check_fast_fit(part, controller);
  if (observer) sorter_.emplace(*observer);
  const auto count = static_cast<std::size_t>(part.organisation.pseudo_channels);
  pseudo_channels_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    pseudo_channels_.emplace_back(part, controller, static_cast<std::uint8_t>(i), memos,
                                  sorter_ ? &*sorter_ : nullptr);
  }
}

void FastChannel::push(const Request& request) {
  FastPseudoChannel& p = pseudo_channels_[request.at.pseudo_channel];
  p.push(request);
  backlog_ += request.bursts;
  next_ = std::min(next_, p.next_decision());
}

void FastChannel::advance(Cycles until, CompletionSink& sink) {
  while (true) {
    FastPseudoChannel* first = nullptr;
    Cycles at = kNever;
    for (auto& p : pseudo_channels_) {
      const Cycles next = p.next_step();
      if (!first || next < at) first = &p, at = next;
    }
    if (at >= until) break;
    const bool accepted = can_accept();
    const std::int64_t before = first->backlog();
    first->step(sink);
    backlog_ += first->backlog() - before;
    if (!accepted && can_accept()) accepting_since_ = at;
  }
  next_ = kNever;
  for (const auto& p : pseudo_channels_) next_ = std::min(next_, p.next_decision());
  if (!sorter_) return;
  Cycles settled = kNever;
  for (const auto& p : pseudo_channels_) {
    settled = std::min(settled, p.idle() ? std::max(p.base(), until) : p.base());
  }
  sorter_->release(settled);
}

void FastChannel::settle(Cycles until) {
  for (auto& p : pseudo_channels_) p.settle(until);
}

ChannelCounts FastChannel::counts() const {
  ChannelCounts sum;
  for (const auto& p : pseudo_channels_) sum += p.counts();
  return sum;
}

std::unique_ptr<Channel> FastChannel::clone() const {
  ensure(!sorter_, "commands of a channel and its clone would go to one observer");
  return std::unique_ptr<Channel>{new FastChannel{*this}};
}

bool FastChannel::in_step_with(const Channel& channel, Cycles past) const {
  const auto& other = static_cast<const FastChannel&>(channel);
  return std::max(accepting_since_, past) == std::max(other.accepting_since_, past) &&
         std::equal(pseudo_channels_.begin(), pseudo_channels_.end(),
                    other.pseudo_channels_.begin(),
                    [](const auto& a, const auto& b) { return a.in_step_with(b); });
}

std::unique_ptr<Channel> make_fast_channel(const ResolvedPart& part,
                                           const ControllerParams& controller, const Memos& memos,
                                           CommandObserver* observer) {
  return std::make_unique<FastChannel>(part, controller, memos, observer);
}

}  // namespace npulse::dram
