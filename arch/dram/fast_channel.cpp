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

std::int64_t FastChannel::backlog() const {
  std::int64_t sum = 0;
  for (const auto& p : pseudo_channels_) sum += p.backlog();
  return sum;
}

void FastChannel::push(const Request& request) {
  pseudo_channels_[request.at.pseudo_channel].push(request);
}

std::optional<Cycles> FastChannel::next_event() const {
  std::optional<Cycles> next;
  for (const auto& p : pseudo_channels_) {
    if (p.idle()) continue;
    const Cycles at = p.next_decision();
    if (!next || at < *next) next = at;
  }
  return next;
}

void FastChannel::advance(Cycles until, CompletionSink& sink) {
  const bool accepted = can_accept();
  for (auto& p : pseudo_channels_) p.advance(until, sink);
  if (!accepted && can_accept()) {
    for (const auto& p : pseudo_channels_) accepting_since_ = std::max(accepting_since_, p.admitted_at());
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
