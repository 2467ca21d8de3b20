// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_groups.h"

#include <algorithm>
#include <map>

namespace npulse::arch {
namespace {

void keep_later(Windows::Grant& grant, const Windows::Grant& other) {
  if (other.end > grant.end) grant = other;
}

}  // namespace

BankGroups::BankGroups(const SpmParams& params)
    : banks_{params.banks},
      ports_{params.ports},
      evenly_{params.banks * params.ports, params.window} {}

Windows::Grant BankGroups::take(Cycles start, Cycles duration, const BankUse& use,
                                Requester requester) {
  std::erase_if(uneven_, [&](const Group& group) { return group.until <= start; });
  const Stream stream{start, duration, requester};
  return use.loads.empty() ? take_evenly(stream, use) : take_by_load(stream, use);
}

Windows::Grant BankGroups::take_evenly(const Stream& stream, const BankUse& use) {
  auto grant = evenly_.take(stream.start, stream.duration, use.accesses, stream.requester);
  for (Group& group : uneven_) {
    const auto slots = accesses_of(group, use);
    keep_later(grant, group.room.take(stream.start, stream.duration, slots, stream.requester));
  }
  return grant;
}

/// Of an even stream: whole rows of all banks, then the banks from the first on.
std::int64_t BankGroups::accesses_of(const Group& group, const BankUse& use) const {
  const auto first = static_cast<std::size_t>(use.first_bank);
  const auto rest = static_cast<std::size_t>(use.accesses % banks_);
  const std::size_t before_end = std::min(rest, group.banks.size() - first);
  Banks touched(group.banks.size());
  touched.set(first, before_end, true).set(0, rest - before_end, true);
  return use.accesses / banks_ * group.size() +
         static_cast<std::int64_t>((touched & group.banks).count());
}

Windows::Grant BankGroups::take_by_load(const Stream& stream, const BankUse& use) {
  std::map<std::int64_t, Banks> by_load;
  for (std::size_t bank = 0; bank < use.loads.size(); ++bank) {
    if (use.loads[bank] == 0) continue;
    by_load.try_emplace(use.loads[bank], use.loads.size()).first->second.set(bank);
  }
  Windows::Grant grant{stream.start + stream.duration, std::nullopt};
  for (const auto& [load, banks] : by_load) {
    isolate(banks);
    for (Group& group : uneven_) {
      if (!group.banks.is_subset_of(banks)) continue;
      const auto own =
          group.room.take(stream.start, stream.duration, load * group.size(), stream.requester);
      group.until = std::max(group.until, own.end);
      keep_later(grant, own);
    }
  }
  return grant;
}

/// Afterwards each group lies within `banks` or outside, and all of `banks` are in groups.
void BankGroups::isolate(const Banks& banks) {
  Banks left = banks;
  for (std::size_t i = uneven_.size(); i-- > 0;) {
    const Banks common = uneven_[i].banks & banks;
    left -= common;
    if (common.none() || common == uneven_[i].banks) continue;
    const Group whole = std::move(uneven_[i]);
    uneven_[i] = part_of(whole.room, whole.until, common);
    uneven_.push_back(part_of(whole.room, whole.until, whole.banks - common));
  }
  if (left.any()) uneven_.push_back(part_of(evenly_, Cycles{0}, left));
}

BankGroups::Group BankGroups::part_of(const Windows& room, Cycles until, Banks banks) const {
  const auto size = static_cast<std::int64_t>(banks.count());
  return {std::move(banks), room.part(size * ports_), until};
}

}  // namespace npulse::arch
