// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/windows.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "sim/core/error.h"

namespace npulse::arch {
namespace {

__extension__ using Wide = __int128;

// Far more than instructions in flight can need; when there are as many, the older half is past.
constexpr std::size_t kMaxSegments = 2048;
constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

std::int64_t scale(std::int64_t value, std::int64_t part, std::int64_t whole) {
  return static_cast<std::int64_t>(static_cast<Wide>(value) * part / whole);
}

struct Step {
  std::int64_t windows = 0, slots = 0;
};

/// What to take from up to `limit` equal windows with `free` slots each, when each wants `wanted`
/// and `backlog` waits from before.
Step serve(std::int64_t wanted, std::int64_t free, std::int64_t backlog, std::int64_t limit) {
  const std::int64_t spare = free - wanted;
  if (spare <= 0) return {limit, free};
  if (backlog == 0) return {limit, wanted};
  if (backlog >= spare) return {std::min(limit, backlog / spare), free};
  return {1, wanted + backlog};
}

}  // namespace

Windows::Windows(std::int64_t slots_per_cycle, Cycles window)
    : slots_per_cycle_{slots_per_cycle}, window_{window.count()} {
  ensure(slots_per_cycle_ > 0 && window_ > 0, "a memory needs bandwidth");
}

Windows::Grant Windows::take(Cycles start, Cycles duration, std::int64_t slots,
                             Requester requester) {
  Grant grant{start + duration, std::nullopt};
  if (slots == 0) return grant;
  Demands demands = spread(start, duration, slots);
  std::int64_t at = std::max(start.count() / window_, segments_.front().first), backlog = 0;
  std::size_t index = segment_at(at, 0);
  for (auto demand = demands.begin(); demand + 1 != demands.end() || backlog > 0;) {
    const bool last = index + 1 == segments_.size();
    const std::int64_t stretch = last ? kEndless : segments_[index + 1].first - at;
    const std::int64_t free = slots_per_cycle_ * window_ - segments_[index].total();
    const Step step = serve(demand->slots, free, backlog, std::min(demand->windows, stretch));
    if (demand->slots > free && !grant.delayed_by) {
      grant.delayed_by = segments_[index].largest_holder();
    }
    if (step.slots > 0) index = add(index, at, step.windows, step.slots, requester);
    const std::int64_t waited = backlog;
    backlog += (demand->slots - step.slots) * step.windows;
    at += step.windows;
    if (waited > 0 && backlog == 0) {
      const std::int64_t filled = ceil_div(segments_[index].total(), slots_per_cycle_);
      grant.end = std::max(grant.end, Cycles{(at - 1) * window_ + filled});
    }
    index = segment_at(at, index);
    demand->windows -= step.windows;
    if (demand->windows == 0) ++demand;
  }
  forget_oldest();
  return grant;
}

/// Differences of floor(slots * t / duration) at window borders never exceed the room that an empty
/// memory has between them, so a stream alone is never delayed by rounding. Ends in an endless
/// demand of nothing.
Windows::Demands Windows::spread(Cycles start, Cycles duration, std::int64_t slots) const {
  const std::int64_t begin = start.count(), length = duration.count();
  const std::int64_t first = begin / window_, last = (begin + length - 1) / window_;
  Demands demands;
  const auto put = [&](std::int64_t windows, std::int64_t each) {
    if (windows > 0) demands.push_back({windows, each});
  };
  if (first == last) {
    put(1, slots);
  } else {
    const std::int64_t head = scale(slots, (first + 1) * window_ - begin, length);
    const std::int64_t body = scale(slots, last * window_ - begin, length) - head;
    const std::int64_t inner = std::max<std::int64_t>(1, last - first - 1);
    put(1, head);
    put(body % inner, body / inner + 1);
    put(last - first - 1 - body % inner, body / inner);
    put(1, slots - head - body);
  }
  put(kEndless, 0);
  return demands;
}

std::size_t Windows::segment_at(std::int64_t window, std::size_t from) const {
  const auto after = std::upper_bound(
      segments_.begin() + static_cast<std::ptrdiff_t>(from) + 1, segments_.end(), window,
      [](std::int64_t w, const Segment& segment) { return w < segment.first; });
  return static_cast<std::size_t>(after - segments_.begin()) - 1;
}

std::size_t Windows::add(std::size_t index, std::int64_t first, std::int64_t count,
                         std::int64_t slots, Requester requester) {
  const std::size_t begin = split(index, first);
  split(begin, first + count);
  segments_[begin].held[static_cast<std::size_t>(requester)] += slots;
  return begin;
}

/// Makes `window`, in segment `index` or at its end, the first of a segment; returns its index.
std::size_t Windows::split(std::size_t index, std::int64_t window) {
  const auto at = segment_at(window, index);
  if (segments_[at].first == window) return at;
  Segment second = segments_[at];
  second.first = window;
  segments_.insert(segments_.begin() + static_cast<std::ptrdiff_t>(at) + 1, second);
  return at + 1;
}

void Windows::forget_oldest() {
  if (segments_.size() < kMaxSegments) return;
  segments_.erase(segments_.begin(), segments_.begin() + kMaxSegments / 2);
}

Windows Windows::part(std::int64_t slots_per_cycle) const {
  Windows part = *this;
  part.slots_per_cycle_ = slots_per_cycle;
  for (Segment& segment : part.segments_) {
    for (auto& held : segment.held) held = scale(held, slots_per_cycle, slots_per_cycle_);
  }
  return part;
}

std::int64_t Windows::held() const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < segments_.size(); ++i) {
    sum += segments_[i].total() * (segments_[i + 1].first - segments_[i].first);
  }
  return sum;
}

std::int64_t Windows::Segment::total() const {
  return std::accumulate(held.begin(), held.end(), std::int64_t{0});
}

Requester Windows::Segment::largest_holder() const {
  return static_cast<Requester>(std::max_element(held.begin(), held.end()) - held.begin());
}

}  // namespace npulse::arch
