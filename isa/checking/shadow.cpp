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

std::optional<Shadow::Race> Shadow::record(const Access& access, const Epoch& epoch,
                                           const Clock& clock) {
  const auto race = find_race(access, epoch, clock);
  if (access.runs > kMaxRunsInCells || access.approximate) {
    note_scattered(access, epoch, clock);
  } else {
    note_runs(access, epoch);
  }
  if (access.write) note_written(access);
  return race;
}

std::optional<Shadow::Race> Shadow::race_with_scattered(const Access& access, const Epoch& epoch,
                                                        const Clock& clock) const {
  for (const Scattered& other : scattered_) {
    if (other.epoch == epoch || other.epoch.before(clock) || !conflict(access, other.access))
      continue;
    return Race{other.epoch, other.access.write, !access.approximate && !other.access.approximate,
                std::max(access.begin, other.access.begin), std::min(access.end, other.access.end)};
  }
  return std::nullopt;
}

std::optional<Shadow::Race> Shadow::race_with_cell(const Cells::value_type& segment,
                                                   const Access& access, const Epoch& epoch,
                                                   const Clock& clock) {
  const Address begin = segment.first.lower(), end = segment.first.upper();
  const Cell& cell = segment.second;
  const auto races = [&](const Epoch& other, bool write) {
    return other != epoch && !other.before(clock) &&
           conflict(access, contiguous(access, begin, end, write));
  };
  const auto race = [&](const Epoch& other, bool write) {
    return Race{other, write, !access.approximate, std::max(access.begin, begin),
                std::min(access.end, end)};
  };
  if (cell.write && races(*cell.write, true)) return race(*cell.write, true);
  for (const Epoch& read : cell.reads) {
    if (races(read, false)) return race(read, false);
  }
  return std::nullopt;
}

std::optional<Shadow::Race> Shadow::find_race(const Access& access, const Epoch& epoch,
                                              const Clock& clock) const {
  if (const auto race = race_with_scattered(access, epoch, clock)) return race;
  const auto [first, last] = cells_.equal_range(Range{access.begin, access.end});
  for (auto it = first; it != last; ++it) {
    if (const auto race = race_with_cell(*it, access, epoch, clock)) return race;
  }
  return std::nullopt;
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
  if (scattered_.size() > kMaxScattered) {
    scattered_.pop_front();
    forgot_ = true;
  }
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
}

}  // namespace npulse::isa::checking
