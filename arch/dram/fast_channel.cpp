// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/fast_channel.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

const ControllerParams& checked(const ControllerParams& controller) {
  Faults faults;
  controller.check(faults, "controller");
  faults.throw_if_any();
  return controller;
}

}  // namespace

FastChannel::FastChannel(const ResolvedPart& part, const ControllerParams& controller,
                         MemoTable* memo, CommandObserver* observer)
    : backlog_limit_{checked(controller).backlog_bursts} {
  if (observer) sorter_.emplace(*observer);
  const auto count = static_cast<std::size_t>(part.organisation.pseudo_channels);
  pseudo_channels_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    pseudo_channels_.emplace_back(part, controller, static_cast<std::uint8_t>(i), counts_, memo,
                                  sorter_ ? &*sorter_ : nullptr);
  }
}

void FastChannel::push(const Request& request) {
  FastPseudoChannel& p = pseudo_channels_[request.at.pseudo_channel];
  p.push(request);
  backlog_ += request.bursts;
  next_ = std::min(next_, p.next_decision());
}

void FastChannel::note_next() {
  backlog_ = 0;
  next_ = kNever;
  for (const auto& p : pseudo_channels_) {
    backlog_ += p.backlog();
    next_ = std::min(next_, p.next_decision());
  }
}

void FastChannel::advance(Cycles until, CompletionSink& sink) {
  const bool accepted = can_accept();
  for (auto& p : pseudo_channels_) p.advance(until, sink);
  note_next();
  if (!accepted && can_accept()) {
    for (const auto& p : pseudo_channels_) {
      accepting_since_ = std::max(accepting_since_, p.admitted_at());
    }
  }
  if (!sorter_) return;
  Cycles settled = until;
  for (const auto& p : pseudo_channels_) settled = std::min(settled, p.base());
  sorter_->release(settled);
}

std::unique_ptr<Channel> make_fast_channel(const ResolvedPart& part,
                                           const ControllerParams& controller, MemoTable* memo,
                                           CommandObserver* observer) {
  return std::make_unique<FastChannel>(part, controller, memo, observer);
}

}  // namespace npulse::dram
