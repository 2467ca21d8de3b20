// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/shadow.h"

namespace npulse::isa::checking {
namespace {

constexpr std::uint64_t kMaxRunsInCells = 16;
constexpr std::uint64_t kMaxRunsWritten = 4096;  // beyond, the box counts as written
constexpr std::size_t kMaxScattered = 2048;

/// The contiguous accesses that `access` consists of, or the box around it.
template <class F>
void for_each_run(const Access& access, std::uint64_t max_runs, F&& f) {
  if (access.runs > max_runs) return f(access.begin, access.end);
  for (std::uint64_t i = 0; i < access.runs; ++i) {
    const Address begin = access.begin + i * access.stride;
    f(begin, begin + access.run_bytes);
  }
}

/// Where the first run that ends behind `address` begins; behind the last, the end.
Address run_at_or_behind(const Access& access, Address address) {
  if (access.runs == 1 || access.stride <= access.run_bytes || address < access.begin) {
    return access.begin;
  }
  const std::uint64_t run = (address - access.begin) / access.stride;
  const Address begin = access.begin + run * access.stride;
  if (address < begin + access.run_bytes) return begin;
  return run + 1 < access.runs ? begin + access.stride : access.end;
}

Access contiguous(const Access& like, Address begin, Address end, bool write) {
  Access access = like;
  access.begin = begin;
  access.end = end;
  access.run_bytes = end - begin;
  access.runs = 1;
  access.write = write;
  return access;
}

}  // namespace

Shadow::Cell& Shadow::Cell::operator+=(const Cell& other) {
  if (other.write) write = other.write;
  for (const Epoch& epoch : other.reads) {
    const auto same = std::find_if(reads.begin(), reads.end(),
                                   [&](const Epoch& read) { return read.thread == epoch.thread; });
    if (same == reads.end()) {
      reads.push_back(epoch);
    } else {
      *same = epoch;
    }
  }
  return *this;
}

template <class F>
bool Shadow::find_scattered(const Access& access, const Clock& clock, F f) const {
  for (const Scattered& other : scattered_) {
    if (other.epoch.before(clock) || !conflict(access, other.access)) continue;
    if (f(Race{other.epoch, other.access.write, !access.approximate && !other.access.approximate,
               std::max(access.begin, other.access.begin), std::min(access.end, other.access.end)}))
      return true;
  }
  return false;
}

template <class F>
bool Shadow::find_in_cell(const Cells::value_type& segment, const Access& access,
                          const Clock& clock, F f) {
  const Address begin = segment.first.lower(), end = segment.first.upper();
  const Cell& cell = segment.second;
  const auto found = [&](const Epoch& other, bool write) {
    return !other.before(clock) && conflict(access, contiguous(access, begin, end, write)) &&
           f(Race{other, write, !access.approximate, std::max(access.begin, begin),
                  std::min(access.end, end)});
  };
  return (cell.write && found(*cell.write, true)) ||
         std::any_of(cell.reads.begin(), cell.reads.end(),
                     [&](const Epoch& read) { return found(read, false); });
}

template <class F>
void Shadow::find_unordered(const Access& access, const Clock& clock, F f) const {
  if (find_scattered(access, clock, f)) return;
  auto it = cells_.lower_bound(Range{access.begin, access.begin + 1});
  while (it != cells_.end() && it->first.lower() < access.end) {
    const Address run = run_at_or_behind(access, it->first.lower());
    if (run >= it->first.upper()) {  // between two runs lie cells of others, at times thousands
      it = cells_.lower_bound(Range{run, run + 1});
      continue;
    }
    if (find_in_cell(*it, access, clock, f)) return;
    ++it;
  }
}

void Shadow::order(const Access& access, std::uint32_t core, Clock& clock) const {
  find_unordered(access, clock, [&](const Race& race) {
    if (race.earlier.place.core == core) clock.join(*race.earlier.history);
    return false;
  });
  if (forgotten_) clock.join(*forgotten_);
}

std::optional<Shadow::Race> Shadow::record(const Access& access, const Epoch& epoch,
                                           const Clock& clock) {
  std::optional<Race> first;
  find_unordered(access, clock, [&](const Race& race) {
    first = race;
    return true;
  });
  if (access.runs > kMaxRunsInCells || access.approximate) {
    note_scattered(access, epoch, clock);
  } else {
    note_runs(access, epoch);
  }
  if (access.write) note_written(access);
  return first;
}

void Shadow::note_runs(const Access& access, const Epoch& epoch) {
  Cell cell;
  if (access.write) {
    cell.write = epoch;
  } else {
    cell.reads.push_back(epoch);
  }
  for_each_run(access, kMaxRunsInCells, [&](Address begin, Address end) {
    const Range range{begin, end};
    if (access.write) {
      cells_.set({range, cell});  // who comes after the writer comes after what it came after
    } else {
      cells_.add({range, cell});
    }
  });
}

void Shadow::note_scattered(const Access& access, const Epoch& epoch, const Clock& clock) {
  std::erase_if(scattered_, [&](const Scattered& old) {
    return old.access == access &&
           old.epoch.before(clock);  // the same bytes again: it stands for both
  });
  scattered_.push_back({access, epoch});
  if (scattered_.size() > kMaxScattered) forget_oldest();
}

void Shadow::forget_oldest() {
  if (const auto& history = scattered_.front().epoch.history) {
    if (forgotten_) {
      forgotten_->join(*history);
    } else {
      forgotten_ = *history;
    }
  }
  scattered_.pop_front();
  forgot_ = true;
}

void Shadow::note_written(const Access& access) {
  for_each_run(access, kMaxRunsWritten, [&](Address begin, Address end) {
    written_.add(Range{begin, end});
  });
}

std::optional<std::pair<Address, Address>> Shadow::unwritten(const Access& access) const {
  if (access.approximate || boost::icl::contains(written_, Range{access.begin, access.end}))
    return {};
  if (access.runs > kMaxRunsWritten) return {};
  std::optional<std::pair<Address, Address>> gap;
  for_each_run(access, kMaxRunsWritten, [&](Address begin, Address end) {
    if (gap || boost::icl::contains(written_, Range{begin, end})) return;
    gap = first_gap(begin, end);
  });
  return gap;
}

/// The first bytes of a range, not all written, that are not.
std::pair<Address, Address> Shadow::first_gap(Address begin, Address end) const {
  auto part = written_.find(Range{begin, end});
  if (part != written_.end() && part->lower() <= begin) begin = (part++)->upper();
  if (part != written_.end()) end = std::min(end, part->lower());
  return {begin, end};
}

void Shadow::settle() {
  cells_.clear();
  scattered_.clear();
  forgotten_.reset();
}

}  // namespace npulse::isa::checking
