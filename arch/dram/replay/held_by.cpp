// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/replay/held_by.h"

#include <algorithm>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

enum class Kind : std::uint8_t { activate, precharge, refresh, column };

Kind kind_of(Command command) {
  if (is_column(command) || command == Command::cas) return Kind::column;
  if (command == Command::act1 || command == Command::act) return Kind::activate;
  return command == Command::pre ? Kind::precharge : Kind::refresh;
}

/// What a rule between two commands stands for.
TimeUse use_of(Command from, Command to, Scope scope) {
  const Kind first = kind_of(from), second = kind_of(to);
  if (first == Kind::refresh || second == Kind::refresh) return TimeUse::refresh;
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
      banks_{ranks_ * banks_of_rank_} {
  for (auto& histories : histories_) histories.resize(banks_ + groups_ + ranks_ + 1);
  for (std::size_t from = 0; from < kCommands; ++from) {
    const auto command = static_cast<Command>(from);
    for (const Delay& delay : part.delays[from]) add_rule(command, delay, 1);
  }
  for (const WindowDelay& rule : part.windows) add_window(rule);
}

/// Between commands of one kind; those of another kind count for themselves.
void HeldBy::add_window(const WindowDelay& rule) {
  for (const auto& [command, name] : enum_names(Command{})) {
    if (!rule.from.contains(command) || !rule.to.contains(command)) continue;
    add_rule(command, {rule.scope, command, rule.latency}, rule.window);
  }
}

void HeldBy::add_rule(Command from, const Delay& delay, int window) {
  const auto nth = static_cast<std::size_t>(window);
  ensure(nth <= std::tuple_size_v<History>, "a window of more commands than are remembered");
  rules_[index(delay.to)].push_back(
      {from, delay.scope, delay.latency, use_of(from, delay.to, delay.scope), nth});
}

std::size_t HeldBy::slot(Scope scope, std::size_t bank) const {
  switch (scope) {
    case Scope::bank:
    case Scope::bank_set:
      return bank;
    case Scope::bank_group:
      return banks_ + bank / banks_of_group_;
    case Scope::rank:
    case Scope::other_rank:
      return banks_ + groups_ + bank / banks_of_rank_;
    case Scope::pseudo_channel:
      return banks_ + groups_ + ranks_;
  }
  throw InternalError{"a scope without a place"};
}

void HeldBy::consider(Hold& hold, const Rule& rule, std::size_t where) const {
  const auto& issued_at = histories_[index(rule.from)][where][rule.window - 1];
  if (!issued_at || *issued_at + rule.latency < hold.until) return;
  hold = {*issued_at + rule.latency, rule.use};
}

Hold HeldBy::find(Command command, std::size_t bank) const {
  Hold hold;
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
  return hold;
}

void HeldBy::issued(Command command, std::size_t bank, Cycles at) {
  note(command, bank, at);
  // The precharge that an auto-precharge does by itself, as soon as it may.
  if (closes_row(command)) note(Command::pre, bank, std::max(at, find(Command::pre, bank).until));
}

void HeldBy::note(Command command, std::size_t bank, Cycles at) {
  for (const Scope scope : {Scope::bank, Scope::bank_group, Scope::rank, Scope::pseudo_channel}) {
    History& history = histories_[index(command)][slot(scope, bank)];
    std::shift_right(history.begin(), history.end(), 1);
    history.front() = at;
  }
}

}  // namespace npulse::dram
