// SPDX-License-Identifier: Apache-2.0
#include "isa/checking/execution.h"

#include <fmt/format.h>

namespace npulse::isa::checking {
namespace {

constexpr std::size_t kHistoryTicks = std::size_t{64} << 20;  // of all events together
constexpr std::size_t kMinKept = 64, kMaxKept = 4096;         // signals of one event

bool owned_by_core(Space space) {
  return space == Space::spm || space == Space::acc;
}

std::string bytes_text(const Access& access, Address begin, Address end) {
  const std::string owner =
      owned_by_core(access.space) ? fmt::format(" of core {}", access.core) : "";
  return fmt::format("{} bytes {:#x} to {:#x}{}", to_string(access.space), begin, end - 1, owner);
}

}  // namespace

Execution::Execution(const ProgramHeader& header, const CheckTarget& target, Findings& findings,
                     Pulse& pulse)
    : header_{header},
      target_{target},
      findings_{findings},
      pulse_{pulse},
      spm_(header.cores),
      acc_(header.cores) {
  const std::size_t threads = header.cores * threads_of_core();
  clocks_.assign(threads, Clock{threads});
  const std::size_t events = header.events.size() * header.cores;
  const std::size_t kept = kHistoryTicks / std::max<std::size_t>(1, events * threads);
  events_.assign(events, EventHistory{std::clamp(kept, kMinKept, kMaxKept)});
}

void Execution::execute(const Instruction& instruction, const Place& place) {
  pulse_.beat();
  accesses_.clear();
  append_footprint(instruction, static_cast<std::uint16_t>(place.core), accesses_);
  const Epoch epoch = begin(instruction, place);
  const Clock& clock = clocks_[epoch.thread];
  for (const Access& access : accesses_) check_access(access, epoch, clock);
  for (const Signal& signal : instruction.signals) {
    events_[event_slot(header_, place.core, signal.event)].signal(signal.amount, clock);
  }
}

/// Brings its thread's clock to what happens before it: what its waits and, in hazard mode, its
/// accesses order.
Epoch Execution::begin(const Instruction& instruction, const Place& place) {
  const std::size_t own = thread(place.core, instruction.queue);
  Clock& clock = clocks_[own];
  for (const Wait& wait : instruction.waits)
    events_[event_slot(header_, place.core, wait.event)].order(wait.count, clock);
  if (hazard_mode()) {
    for (const Access& access : accesses_) shadow(access).order(access, place.core, clock);
  }
  clock.tick(own);
  return {clock[own],
          static_cast<std::uint32_t>(own),
          instruction.queue,
          instruction.opcode(),
          place,
          hazard_mode() ? std::make_shared<const Clock>(clock) : nullptr};
}

void Execution::check_access(const Access& access, const Epoch& epoch, const Clock& clock) {
  if (!in_bounds(access, epoch)) return;
  Shadow& bytes = shadow(access);
  if (!access.write && owned_by_core(access.space)) {
    if (const auto gap = bytes.unwritten(access))
      report_unwritten(access, epoch, gap->first, gap->second);
  }
  if (const auto race = bytes.record(access, epoch, clock)) report_race(access, epoch, *race);
}

bool Execution::in_bounds(const Access& access, const Epoch& epoch) {
  const auto room = static_cast<std::uint64_t>(capacity_of(target_, access.space).count());
  if (access.end <= room) return true;
  findings_.error_at(epoch.place, Fault::bounds, [&] {
    return Diagnostic{
        "",
        fmt::format("{} {} {}", name_of(epoch), access.write ? "writes" : "reads",
                    bytes_text(access, access.begin, access.end)),
        fmt::format("{} of chip '{}' has {} bytes", to_string(access.space), target_.name, room)};
  });
  return false;
}

void Execution::report_race(const Access& access, const Epoch& epoch, const Shadow::Race& race) {
  const auto text = [&] {
    const std::string earlier =
        fmt::format("{} of {}", name_of(race.earlier), short_text(race.earlier.place));
    return Diagnostic{
        "",
        fmt::format("{}: {} {} {}, which {} {}, and nothing orders the two",
                    race.certain ? "race" : "possible race", name_of(epoch),
                    access.write ? "writes" : "reads", bytes_text(access, race.begin, race.end),
                    earlier, race.earlier_wrote ? "writes" : "reads"),
        "let the first signal an event for which the second waits"};
  };
  race.certain ? findings_.error_at(epoch.place, Fault::race, text)
               : findings_.warning_at(epoch.place, Fault::race, text);
}

void Execution::report_unwritten(const Access& access, const Epoch& epoch, Address begin,
                                 Address end) {
  findings_.error_at(epoch.place, Fault::unwritten, [&] {
    return Diagnostic{"",
                      fmt::format("{} reads {}, which nothing has written before", name_of(epoch),
                                  bytes_text(access, begin, end)),
                      "load them first, or correct the address"};
  });
}

void Execution::pass_core_barrier(std::uint32_t core) {
  if (clocks_.empty()) return;
  const std::size_t first = core * threads_of_core();
  Clock all = clocks_[first];
  for (std::size_t i = 1; i < threads_of_core(); ++i) all.join(clocks_[first + i]);
  for (std::size_t i = 0; i < threads_of_core(); ++i) clocks_[first + i] = all;
}

void Execution::pass_chip_barrier() {
  if (clocks_.empty()) return;
  Clock all = clocks_.front();
  for (const Clock& clock : clocks_) all.join(clock);
  for (Clock& clock : clocks_) clock = all;
  for (EventHistory& event : events_) event.settle();
  for (auto* memories : {&spm_, &acc_}) {
    for (Shadow& memory : *memories) memory.settle();
  }
  dram_.settle();
  shared_.settle();
}

void Execution::report_limits() const {
  const auto forgot = [](const Shadow& memory) { return memory.forgot(); };
  if (forgot(dram_) || forgot(shared_) || std::any_of(spm_.begin(), spm_.end(), forgot) ||
      std::any_of(acc_.begin(), acc_.end(), forgot)) {
    findings_.warning(
        "not all races were looked for: too many strided accesses between two 'bar chip'");
  }
}

Shadow& Execution::shadow(const Access& access) {
  switch (access.space) {
    case Space::spm:
      return spm_[access.core];
    case Space::acc:
      return acc_[access.core];
    case Space::shared:
      return shared_;
    case Space::dram:
      break;
  }
  return dram_;
}

std::string Execution::name_of(const Epoch& epoch) const {
  return fmt::format("{} of {}", to_string(epoch.opcode), header_.queues[epoch.queue].name);
}

}  // namespace npulse::isa::checking
