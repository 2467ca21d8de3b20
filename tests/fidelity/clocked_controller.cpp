// SPDX-License-Identifier: Apache-2.0
#include "tests/fidelity/clocked_controller.h"

#include <deque>
#include <vector>

#include "arch/dram/command_buses.h"
#include "arch/dram/device.h"

namespace npulse::testing {
namespace {

using namespace npulse::dram;

struct Entry {
  DecodedAddress at;
  std::uint64_t age = 0;
  bool in_window = true;
};

struct Bank {
  std::deque<Entry> queue{};
  std::optional<std::uint32_t> row{};

  auto hit() {
    return std::find_if(queue.begin(), queue.end(),
                        [&](const Entry& entry) { return entry.at.row == row; });
  }
};

/// The least goes first.
struct Candidate {
  Cycles key = kNever;      ///< When it would be over, or one and the same.
  std::uint64_t order = 0;  ///< Age or turn.
  Cycles at = kNever;
  Command command{};
  std::size_t bank = 0;

  bool before(const Candidate& other) const {
    return key != other.key ? key < other.key : order < other.order;
  }
};

class PseudoChannel {
 public:
  PseudoChannel(const ResolvedPart& part, const Habits& habits, CommandBuses& buses,
                std::int64_t refresh_phase)
      : part_{part},
        habits_{habits},
        buses_{buses},
        device_{part,
                {Command::act1, Command::act, Command::pre, Command::preab, Command::refab,
                 Command::refpb, Command::rd, Command::cas}},
        banks_(static_cast<std::size_t>(part.organisation.total_banks())),
        interval_{habits.per_bank_refresh ? part.t_refi_pb : part.t_refi},
        refresh_due_{interval_.count() / refresh_phase} {}

  bool takes(const Entry& entry) const {
    return !habits_.bank_queue ||
           static_cast<std::int64_t>(banks_[entry.at.bank].queue.size()) < *habits_.bank_queue;
  }
  void take(const Entry& entry) {
    banks_[entry.at.bank].queue.push_back(entry);
    ++in_window_;
  }

  /// The best command for `bus`, if any wants it.
  Candidate best(Bus bus, Cycles now);
  void issue(const Candidate& candidate, Cycles now);
  std::int64_t in_window() const { return in_window_; }
  std::uint64_t served() const { return served_; }

 private:
  Candidate refresh(Cycles now);
  Candidate next_of(std::size_t bank);
  bool any_open() const {
    return std::any_of(banks_.begin(), banks_.end(), [](const Bank& bank) { return bank.row; });
  }
  Cycles earliest(Command command, std::size_t bank) const {
    return std::max(device_.floor(command), device_.earliest(command, bank));
  }
  void open(std::size_t bank, Cycles now);
  void read(std::size_t bank, Cycles now);
  void leave_window(Entry& entry) {
    in_window_ -= entry.in_window;
    entry.in_window = false;
  }

  const ResolvedPart& part_;
  const Habits& habits_;
  CommandBuses& buses_;
  Device device_;
  std::vector<Bank> banks_;
  std::size_t turn_ = 0;  ///< The bank that went last.
  Cycles interval_, refresh_due_;
  std::size_t refresh_bank_ = 0;
  std::optional<Cycles> second_step_by_{};  ///< An ACT-2 takes an idle clock, by then at last.
  std::optional<std::size_t> started_{};    ///< Its `cas` went, its read goes now.
  Cycles wck_until_{0};
  std::int64_t in_window_ = 0;
  std::uint64_t served_ = 0;
};

Candidate PseudoChannel::best(Bus bus, Cycles now) {
  Candidate best;
  const auto consider = [&](Candidate candidate) {
    const auto& use = part_.bus[index(candidate.command)];
    if (use->bus != bus || candidate.at == kNever) return;
    candidate.at = buses_.slot(candidate.command, std::max(now, candidate.at));
    const bool over_first = habits_.pick == Habits::Pick::over_first;
    if (!over_first && candidate.at > now) return;
    candidate.key = over_first ? candidate.at + Cycles{use->ticks} : now;
    if (candidate.before(best)) best = candidate;
  };
  if (started_) {
    consider({now, 0, now, Command::rd, *started_});
  } else if (second_step_by_ && *second_step_by_ <= now) {
    consider({now, 0, now, Command::act, 0});
  } else {
    const bool refreshing = refresh_due_ <= now;
    if (refreshing) consider(refresh(now));
    for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
      const bool waits = refreshing && (!habits_.per_bank_refresh || habits_.refresh_first ||
                                        bank == refresh_bank_);
      if (!waits && !banks_[bank].queue.empty()) consider(next_of(bank));
    }
  }
  if (best.at == kNever && second_step_by_) consider({now, 0, now, Command::act, 0});
  return best;
}

Candidate PseudoChannel::refresh(Cycles now) {
  const std::size_t bank = refresh_bank_;
  if (habits_.per_bank_refresh) {
    const Command command = banks_[bank].row ? Command::pre : Command::refpb;
    return {now, 0, earliest(command, bank), command, bank};
  }
  const Command command = any_open() ? Command::preab : Command::refab;
  return {now, 0, earliest(command, 0), command, 0};
}

Candidate PseudoChannel::next_of(std::size_t number) {
  Bank& bank = banks_[number];
  const auto hit = bank.hit();
  std::uint64_t order = bank.queue.front().age;
  Command command = Command::pre;
  if (bank.row && hit != bank.queue.end()) {
    command = Command::rd;
    order = hit->age;
  } else if (!bank.row) {
    command = part_.two_step_activate ? Command::act1 : Command::act;
  }
  if (habits_.pick == Habits::Pick::in_turns) {
    order = (number + banks_.size() - turn_ - 1) % banks_.size();
  }
  Cycles at = earliest(command, number);
  if (command == Command::act1) {
    at = second_step_by_ ? kNever : std::max(at, earliest(Command::act, number));
  }
  return {{}, order, at, command, number};
}

void PseudoChannel::issue(const Candidate& candidate, Cycles now) {
  const std::size_t bank = candidate.bank;
  buses_.occupy(candidate.command, now);
  switch (candidate.command) {
    case Command::act1:
      device_.issue(Command::act1, bank, now);
      second_step_by_ = now + part_.t_aad;
      return open(bank, now);
    case Command::act:
      // The second step takes a slot of the bus and counts for nothing.
      if (!part_.two_step_activate) open(bank, now);
      second_step_by_.reset();
      return;
    case Command::rd:
      if (part_.needs_sync && !started_ && now >= wck_until_) {
        started_ = bank;
        return;
      }
      return read(bank, now);
    case Command::preab:
      for (Bank& each : banks_) each.row.reset();
      break;
    case Command::pre:
      banks_[bank].row.reset();
      break;
    default:
      refresh_due_ = refresh_due_ + interval_;
      refresh_bank_ = (refresh_bank_ + 1) % banks_.size();
  }
  if (refresh_due_ > now) turn_ = bank;
  device_.issue(candidate.command, bank, now);
}

void PseudoChannel::open(std::size_t bank, Cycles now) {
  device_.issue(Command::act, bank, now);
  banks_[bank].row = banks_[bank].queue.front().at.row;
  turn_ = bank;
  if (habits_.leaves_window_when_opened) leave_window(banks_[bank].queue.front());
}

void PseudoChannel::read(std::size_t bank, Cycles now) {
  device_.issue(Command::rd, bank, now);
  const auto hit = banks_[bank].hit();
  leave_window(*hit);
  banks_[bank].queue.erase(hit);
  ++served_;
  turn_ = bank;
  started_.reset();
  wck_until_ = now + part_.rl + part_.burst + part_.t_wckpst;
}

class Channel {
 public:
  Channel(const ResolvedPart& part, const Habits& habits) : part_{part}, habits_{habits} {
    const std::int64_t count = part.organisation.pseudo_channels;
    buses_.assign(habits.own_buses ? static_cast<std::size_t>(count) : 1, CommandBuses{part});
    for (std::int64_t p = 0; p < count; ++p) {
      const std::int64_t phase = habits.staggered_refresh ? count - p : 1;
      pseudo_channels_.emplace_back(part, habits,
                                    buses_[static_cast<std::size_t>(p) % buses_.size()], phase);
    }
  }

  /// When the last data are over.
  Cycles run(std::uint64_t count, const PlaceSource& source) {
    Cycles now{0};
    Entry next{source(0)};
    for (; served() < count; now += Cycles{1}) {
      if (next.age < count && offer(next)) next = {source(next.age + 1), next.age + 1};
      if (habits_.bank_queue) fill_bank_queues();
      for (const Bus bus : {Bus::row, Bus::column}) issue(bus, now);
    }
    return now + part_.rl + part_.burst;
  }

 private:
  std::uint64_t served() const;
  bool offer(const Entry& entry);
  void fill_bank_queues();
  void issue(Bus bus, Cycles now);

  const ResolvedPart& part_;
  Habits habits_;
  std::vector<CommandBuses> buses_;
  std::vector<PseudoChannel> pseudo_channels_;
  std::deque<Entry> waiting_;                                 ///< For bank queues.
  std::vector<std::pair<Candidate, PseudoChannel*>> chosen_;  ///< By bus, of this clock.
};

std::uint64_t Channel::served() const {
  std::uint64_t sum = 0;
  for (const PseudoChannel& p : pseudo_channels_) sum += p.served();
  return sum;
}

bool Channel::offer(const Entry& entry) {
  std::int64_t rivals = 0;
  if (habits_.bank_queue) {
    rivals = std::count_if(waiting_.begin(), waiting_.end(), [&](const Entry& other) {
      return other.at.pseudo_channel == entry.at.pseudo_channel;
    });
  } else {
    for (const PseudoChannel& p : pseudo_channels_) rivals += p.in_window();
  }
  if (rivals >= habits_.window) return false;
  if (habits_.bank_queue) {
    waiting_.push_back(entry);
  } else {
    pseudo_channels_[entry.at.pseudo_channel].take(entry);
  }
  return true;
}

void Channel::fill_bank_queues() {
  for (std::size_t p = 0; p < pseudo_channels_.size(); ++p) {
    const auto fits = std::find_if(waiting_.begin(), waiting_.end(), [&](const Entry& entry) {
      return entry.at.pseudo_channel == p && pseudo_channels_[p].takes(entry);
    });
    if (fits == waiting_.end()) continue;
    pseudo_channels_[p].take(*fits);
    waiting_.erase(fits);
  }
}

void Channel::issue(Bus bus, Cycles now) {
  chosen_.assign(buses_.size(), {});
  for (std::size_t p = 0; p < pseudo_channels_.size(); ++p) {
    const Candidate candidate = pseudo_channels_[p].best(bus, now);
    auto& slot = chosen_[p % buses_.size()];
    if (candidate.at != kNever && candidate.before(slot.first)) {
      slot = {candidate, &pseudo_channels_[p]};
    }
  }
  for (auto& [candidate, owner] : chosen_) {
    if (candidate.at == now) owner->issue(candidate, now);
  }
}

}  // namespace

double clocked_share(const ResolvedPart& part, const Habits& habits, std::uint64_t count,
                     const PlaceSource& source) {
  const Cycles end = Channel{part, habits}.run(count, source);
  return 100 * static_cast<double>(count) * static_cast<double>(part.burst_data.count()) /
         static_cast<double>(part.organisation.pseudo_channels * end.count());
}

}  // namespace npulse::testing
