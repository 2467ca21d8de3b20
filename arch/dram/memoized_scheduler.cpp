// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/memoized_scheduler.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr std::uint64_t kSameRows = 0xFEDCBA9876543210u;

}  // namespace

MemoizedScheduler::MemoizedScheduler(const ResolvedPart& part, const ControllerParams& controller,
                                     std::uint8_t number, const Memos& memos,
                                     CommandObserver* observer)
    : live_{part, controller, number, memos.batches, observer},
      grid_{CommandGrids{part, number}.column},
      table_{observer ? nullptr : memos.decisions} {}

void MemoizedScheduler::rename_rows(const Step& step) {
  const RowNames before = rows_;
  rows_.clear();
  for (std::size_t i = 0; i < step.next->rows; ++i) {
    rows_.push_back(before[step.rows >> (4 * i) & 15]);
  }
}

inline void MemoizedScheduler::apply(const Step& step) {
  if (step.rows != kSameRows || step.next->rows != rows_.size()) rename_rows(step);
  base_ += step.base_step;
  state_ = step.next;
  live_current_ = false;
}

void MemoizedScheduler::begin(Cycles now) {
  if (!state_) {
    live_.begin(now);
    base_ = live_.base_cell();
  } else if (now > base()) {
    const std::int64_t cells = grid_.cell_at_or_after(now.count()) - base_;
    take_step(key_of(Event::passes, cells), [&] { live_.begin(now); });
  }
}

std::span<const Request> MemoizedScheduler::release_held() {
  if (state_) return {};
  return live_.release_held();
}

Admission MemoizedScheduler::offer(const Request& request) {
  if (!state_) return live_.offer(request);
  const bool alike = requests_.empty() || request.write == requests_[0].write;
  if (alike && request.bursts > state_->room) return Admission::refused;
  const auto key = alike ? key_of(request) : std::nullopt;
  if (!key) {
    materialise();
    return live_.offer(request);
  }
  if (take_step(*key, [&] { live_.offer(request); })) requests_.push(request);
  return Admission::entered;
}

bool MemoizedScheduler::refresh(Cycles due) {
  if (state_) {
    const bool any_open = state_->any_open;
    const Cycles wait = std::max(Cycles{0}, due - base());
    take_step(key_of(Event::refreshes, wait.count()), [&] { live_.refresh(due); });
    return any_open;
  }
  const bool any_open = live_.refresh(due);
  base_ = live_.base_cell();
  return any_open;
}

Served MemoizedScheduler::serve(const Request* next, Request& finished) {
  if (!state_ && table_ && table_->pays()) settle();
  if (!state_) {
    const Served served = live_.serve(next, finished);
    base_ = live_.base_cell();
    return served;
  }
  State& from = *state_;
  if (!from.decision.next) {
    Served served;
    const auto step = work_out([&] { served = live_.serve(next, finished); });
    if (step) {
      from.decision = *step;
      from.served = served;
    }
    return served;
  }
  table_->hit();
  if (from.served.finished) {
    finished = requests_[from.served.place];
    requests_.remove(from.served.place);
  }
  apply(from.decision);
  return from.served;
}

MemoizedScheduler::Key MemoizedScheduler::key_of(Event event, std::int64_t figure) const {
  Key key;
  key.words[0] = std::uint64_t{state_->number} << 32 | static_cast<std::uint64_t>(event) << 24;
  key.words[2] = static_cast<std::uint64_t>(figure);
  return key;
}

/// Which columns it is for makes no difference.
std::optional<MemoizedScheduler::Key> MemoizedScheduler::key_of(const Request& request) {
  if (!request.one_row()) return std::nullopt;
  const std::uint32_t row = request.row();
  std::size_t name = 0;
  while (name < rows_.size() && rows_[name] != row) ++name;
  if (name == rows_.capacity()) return std::nullopt;
  if (name == rows_.size()) rows_.push_back(row);
  Key key = key_of(Event::enters, request.bursts);
  key.words[0] |= std::uint64_t{request.write} << 16 | name << 8 | request.at.bank;
  key.words[1] = request.shape ? request.shape->pattern + std::uint64_t{1} : 0;
  return key;
}

/// Whether the table knew it; else it was worked out.
template <class F>
bool MemoizedScheduler::take_step(const Key& key, F&& change_live) {
  State& from = *state_;
  if (from.asked == key) {
    apply(from.answer);
    return true;
  }
  if (const Step* known = table_->find(key)) {
    from.asked = key;
    from.answer = *known;
    apply(from.answer);
    return true;
  }
  if (const auto step = work_out(change_live)) table_->insert(key, *step);
  return false;
}

/// What follows the state that is known by number; nothing when where it leads has none.
template <class F>
std::optional<MemoizedScheduler::Step> MemoizedScheduler::work_out(F&& change_live) {
  const RowNames before = rows_;
  const std::int64_t base = base_;
  materialise();
  change_live();
  base_ = live_.base_cell();
  table_->missed();
  if (table_->paused()) return std::nullopt;
  settle();
  if (!state_) return std::nullopt;
  Step step{state_, kSameRows, base_ - base};
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto place = std::find(before.begin(), before.end(), rows_[i]) - before.begin();
    ensure(static_cast<std::size_t>(place) < before.size(), "a decision has made up a row");
    step.rows &= ~(std::uint64_t{15} << (4 * i));
    step.rows |= static_cast<std::uint64_t>(place) << (4 * i);
  }
  return step;
}

void MemoizedScheduler::materialise() {
  if (state_ && !live_current_) live_.decode(*state_->code, base_, rows_, requests_);
  live_current_ = true;
  state_ = nullptr;
}

void MemoizedScheduler::settle() {
  if (!live_.one_direction()) return;
  if (live_.encode(code_, rows_, requests_)) state_ = table_->intern(code_, rows_.size(), live_);
  if (!state_) table_->missed();
}

bool MemoizedScheduler::in_step_with(const MemoizedScheduler& other) const {
  if (base_ != other.base_) return false;
  if (state_ && other.state_) {
    return state_ == other.state_ && rows_ == other.rows_ && requests_ == other.requests_;
  }
  std::optional<GranuleScheduler> mine, theirs;
  return live(mine).in_step_with(other.live(theirs));
}

const GranuleScheduler& MemoizedScheduler::live(std::optional<GranuleScheduler>& copy) const {
  if (!state_ || live_current_) return live_;
  copy.emplace(live_).decode(*state_->code, base_, rows_, requests_);
  return *copy;
}

}  // namespace npulse::dram
