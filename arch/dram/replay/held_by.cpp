// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/held_by.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

enum class Kind : std::uint8_t { activate, precharge, refresh, column, power };

Kind kind_of(Command command) {
  switch (command) {
    case Command::act1:
    case Command::act:
      return Kind::activate;
    case Command::pre:
      return Kind::precharge;
    case Command::refab:
    case Command::refpb:
      return Kind::refresh;
    case Command::cas:
    case Command::rd:
    case Command::rda:
    case Command::wr:
    case Command::wra:
    case Command::mwr:
    case Command::mwra:
      return Kind::column;
    case Command::preab:  // followed by a refresh, which holds longer, or sent while nothing waited
    case Command::pde:
    case Command::pdx:
    case Command::sre:
    case Command::srx:
      return Kind::power;
  }
  throw InternalError{"a DRAM command of no kind"};
}

/// The command whose rules say when `command` may go: closing the row behind it changes nothing.
Command without_auto_precharge(Command command) {
  switch (command) {
    case Command::rda:
      return Command::rd;
    case Command::wra:
      return Command::wr;
    case Command::mwra:
      return Command::mwr;
    default:
      return command;
  }
}

/// What a rule between two commands stands for.
TimeUse use_of(Command from, Command to, Scope scope) {
  const Kind first = kind_of(from), second = kind_of(to);
  const auto either = [&](Kind kind) { return first == kind || second == kind; };
  if (either(Kind::power)) return TimeUse::starvation;
  if (either(Kind::refresh)) return TimeUse::refresh;
  if (first == Kind::column && second == Kind::column) {
    return is_read(from) == is_read(to) ? TimeUse::bus : TimeUse::turnaround;
  }
  const bool activates = first == Kind::activate && second == Kind::activate;
  return activates && scope != Scope::bank ? TimeUse::activation_window : TimeUse::row_opening;
}

}  // namespace

HeldBy::HeldBy(const ResolvedPart& part)
    : banks_of_group_{static_cast<std::size_t>(part.organisation.banks)},
      banks_of_rank_{banks_of_group_ * static_cast<std::size_t>(part.organisation.bank_groups)},
      ranks_{static_cast<std::size_t>(part.organisation.ranks)},
      groups_{ranks_ * static_cast<std::size_t>(part.organisation.bank_groups)},
      banks_{ranks_ * banks_of_rank_},
      sets_{part.refresh_sets > 0 ? static_cast<std::size_t>(part.refresh_sets) : banks_} {
  for (auto& last : last_) last.resize(banks_ + groups_ + ranks_ + 1 + sets_);
  for (std::size_t i = 0; i < kCommands; ++i) {
    const auto from = static_cast<Command>(i);
    leads_[i] = part.lead(from);
    for (const Delay& delay : part.delays[i]) {
      const TimeUse use = use_of(from, delay.to, delay.scope);
      rules_[index(delay.to)].push_back({from, delay.scope, delay.latency, use});
    }
  }
  for (const WindowDelay& rule : part.windows) {
    windows_.push_back({rule, std::vector<std::vector<Cycles>>(banks_)});
  }
}

std::size_t HeldBy::slot(Scope scope, std::size_t bank) const {
  switch (scope) {
    case Scope::bank:
      return bank;
    case Scope::bank_group:
      return banks_ + bank / banks_of_group_;
    case Scope::rank:
    case Scope::other_rank:
      return banks_ + groups_ + bank / banks_of_rank_;
    case Scope::pseudo_channel:
      return banks_ + groups_ + ranks_;
    case Scope::bank_set:
      return banks_ + groups_ + ranks_ + 1 + bank % sets_;
  }
  throw InternalError{"a scope without a place"};
}

void HeldBy::consider(Hold& hold, const Rule& rule, std::size_t where) const {
  const auto& last = last_[index(rule.from)][where];
  if (last && *last + rule.latency >= hold.until) hold = {*last + rule.latency, rule.use};
}

void HeldBy::consider(Hold& hold, const Window& window, Command command, std::size_t bank) const {
  const WindowDelay& rule = window.rule;
  const auto& times = window.times[slot(rule.scope, bank) - slot(rule.scope, 0)];
  if (!rule.to.contains(command) || times.size() < static_cast<std::size_t>(rule.window)) return;
  const Cycles until = times.back() + rule.latency - leads_[index(command)];
  if (until >= hold.until) hold = {until, TimeUse::activation_window};
}

Hold HeldBy::find(Command command, std::size_t bank) const {
  Hold hold;
  command = without_auto_precharge(command);
  for (const Rule& rule : rules_[index(command)]) {
    const std::size_t own = slot(rule.scope, bank);
    if (rule.scope != Scope::other_rank) {
      consider(hold, rule, own);
      continue;
    }
    for (std::size_t rank = banks_ + groups_; rank < banks_ + groups_ + ranks_; ++rank) {
      if (rank != own) consider(hold, rule, rank);
    }
  }
  for (const Window& window : windows_) consider(hold, window, command, bank);
  return hold;
}

void HeldBy::issued(Command command, std::size_t bank, Cycles at) {
  remember(command, bank, at);
  if (!closes_row(command)) return;
  // The device closes the row as soon as a precharge could go.
  const Cycles closed = std::max(at, find(Command::pre, bank).until);
  last_[index(Command::pre)][slot(Scope::bank, bank)] = closed;
}

void HeldBy::remember(Command command, std::size_t bank, Cycles at) {
  for (const Scope scope :
       {Scope::bank, Scope::bank_group, Scope::rank, Scope::pseudo_channel, Scope::bank_set}) {
    last_[index(command)][slot(scope, bank)] = at;
  }
  for (Window& window : windows_) {
    if (!window.rule.from.contains(command)) continue;
    auto& times = window.times[slot(window.rule.scope, bank) - slot(window.rule.scope, 0)];
    times.insert(times.begin(), at + leads_[index(command)]);
    if (times.size() > static_cast<std::size_t>(window.rule.window)) times.pop_back();
  }
}

}  // namespace npulse::dram
