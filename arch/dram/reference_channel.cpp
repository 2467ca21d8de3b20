// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/reference_channel.h"

#include "arch/dram/controller_fit.h"

namespace npulse::dram {
ReferenceChannel::ReferenceChannel(const ResolvedPart& part, const ControllerParams& controller,
                                   CommandObserver* observer)
    : shared_{CommandBuses{part}, {}, 0, observer},
      backlog_limit_{check_fit(part, controller).backlog_bursts} {
  const auto count = static_cast<std::size_t>(part.organisation.pseudo_channels);
  pseudo_channels_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    pseudo_channels_.emplace_back(part, controller, static_cast<std::uint8_t>(i), shared_);
  }
}

void ReferenceChannel::push(const Request& request) {
  const Cycles seen = std::max(now_, request.arrival);
  next_event_ = idle() ? seen : std::min(next_event_, seen);
  pseudo_channels_[request.at.pseudo_channel].push(request);
}

Cycles ReferenceChannel::next_event() const {
  for (const auto& p : pseudo_channels_) {
    if (!p.idle()) return next_event_;
  }
  return kNever;
}

template <class Step>
void ReferenceChannel::watch_backlog(Step&& step) {
  const bool accepted = can_accept();
  step();
  if (!accepted && can_accept()) accepting_since_ = now_;
}

void ReferenceChannel::advance(Cycles until, CompletionSink& sink) {
  while (true) {
    PseudoChannel* next = nullptr;
    PseudoChannel* waking = nullptr;
    const Proposal* best = nullptr;
    Cycles wake = kNever;
    for (auto& p : pseudo_channels_) {
      if (p.wake_at() < wake) wake = p.wake_at(), waking = &p;
      const Proposal& proposal = p.proposal(now_);
      if (!best || proposal.before(*best)) best = &proposal, next = &p;
    }
    // A request that arrives now may have the better command.
    const bool update_first = wake <= best->at;
    next_event_ = std::max(now_, update_first ? wake : best->at);
    if (next_event_ >= until) break;
    now_ = next_event_;
    watch_backlog([&] { update_first ? waking->update(now_, sink) : next->issue(sink); });
  }
  for (auto& p : pseudo_channels_) p.account(until);
}

std::unique_ptr<Channel> make_reference_channel(const ResolvedPart& part,
                                                const ControllerParams& controller,
                                                CommandObserver* observer) {
  return std::make_unique<ReferenceChannel>(part, controller, observer);
}

}  // namespace npulse::dram
