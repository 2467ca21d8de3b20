// SPDX-License-Identifier: Apache-2.0
// A statistic is declared, named, documented and registered in one line:
//
//   struct DmaStats : StatGroup {
//     Counter reads{*this, "reads", Unit::count, "Read transactions issued."};
//   };
//
// A group is walked in declaration order by the JSON report, Python and docs/statistics.md.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace npulse {

enum class Unit : std::uint8_t { count, bytes, cycles, picoseconds, picojoules, ratio };
const char* to_string(Unit unit);

class Stat;

/// The statistics of one block, in declaration order.
class StatGroup {
 public:
  StatGroup() = default;
  StatGroup(const StatGroup&) = delete;
  StatGroup& operator=(const StatGroup&) = delete;
  const std::vector<const Stat*>& stats() const { return stats_; }

 private:
  friend class Stat;
  std::vector<const Stat*> stats_;
};

class Stat {
 public:
  Stat(StatGroup& group, const char* name, Unit unit, const char* doc)
      : name_{name}, doc_{doc}, unit_{unit} {
    group.stats_.push_back(this);
  }
  Stat(const Stat&) = delete;
  Stat& operator=(const Stat&) = delete;
  virtual ~Stat() = default;
  const char* name() const { return name_; }
  const char* doc() const { return doc_; }
  Unit unit() const { return unit_; }
  virtual bool integral() const = 0;
  virtual double value() const = 0;

 private:
  const char* name_;
  const char* doc_;
  Unit unit_;
};

/// Counts up.
class Counter : public Stat {
 public:
  using Stat::Stat;
  Counter& operator++() { ++count_; return *this; }
  Counter& operator+=(std::int64_t n) { count_ += n; return *this; }
  std::int64_t count() const { return count_; }
  bool integral() const override { return true; }
  double value() const override { return static_cast<double>(count_); }

 private:
  std::int64_t count_ = 0;
};

/// Derived from others when read.
class Formula : public Stat {
 public:
  Formula(StatGroup& group, const char* name, Unit unit, const char* doc, std::function<double()> f)
      : Stat{group, name, unit, doc}, f_{std::move(f)} {}
  bool integral() const override { return false; }
  double value() const override { return f_(); }

 private:
  std::function<double()> f_;
};

/// a / b, or 0 when b is 0.
inline double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

}  // namespace npulse
