// SPDX-License-Identifier: Apache-2.0
// Collects findings: each with its place, one for each line and kind, only so many.
#pragma once

#include <set>

#include "isa/checker.h"

namespace npulse::isa::checking {

/// An instruction as executed.
struct Place {
  std::uint32_t core = 0, line = 0;
  std::uint64_t index = 0;  ///< Of the core's executed instructions, from 0.
};

/// `line 12`, or `core 0 #812` for programs without lines.
std::string short_text(const Place& place);

/// What a finding is about: a line is reported once for each.
enum class Fault : std::uint8_t { rule, unit, type, bounds, unwritten, race, stuck };

class Findings {
 public:
  Findings(std::string program, CheckReport& report)
      : program_{std::move(program)}, report_{report} {}

  std::size_t errors() const { return report_.error_count; }
  void error(std::string message, std::string hint = {});
  void warning(std::string message, std::string hint = {});

  /// Calls `make` for the text, a Diagnostic without place, unless the line had such a fault
  /// before.
  template <class Make>
  void error_at(const Place& place, Fault fault, Make make) {
    if (is_new(place, fault)) add(report_.errors, report_.error_count, place, make);
  }
  template <class Make>
  void warning_at(const Place& place, Fault fault, Make make) {
    if (is_new(place, fault)) add(report_.warnings, report_.warning_count, place, make);
  }

 private:
  bool is_new(const Place& place, Fault fault) {
    return place.line == 0 || seen_.insert({place.line, fault}).second;
  }
  template <class Make>
  void add(std::vector<Diagnostic>& list, std::size_t& count, const Place& place, Make make) {
    if (++count > CheckReport::kMaxFindings) return;
    Diagnostic finding = make();
    finding.where = where(place);
    list.push_back(std::move(finding));
  }
  std::string where(const Place& place) const;

  std::string program_;
  CheckReport& report_;
  std::set<std::pair<std::uint32_t, Fault>> seen_;
};

}  // namespace npulse::isa::checking
