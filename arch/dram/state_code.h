// SPDX-License-Identifier: Apache-2.0
// States as numbers that depend neither on absolute time nor on which rows they are about.
#pragma once

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace npulse::dram {

using StateCode = std::vector<std::uint16_t>;

struct StateCodeHash {
  std::size_t operator()(const StateCode& code) const;
};

/// Rows are equal or not, and no more: a state knows them by their place here, in order of first
/// appearance.
using RowNames = boost::container::static_vector<std::uint32_t, 16>;

class StateWriter {
 public:
  /// Ticks are told from `origin` on. `code` and `rows` are begun anew.
  StateWriter(StateCode& code, std::int64_t origin, RowNames& rows)
      : code_{code}, origin_{origin}, rows_{rows} {
    code_.clear();
    rows_.clear();
  }
  void number(std::int64_t value) {
    require(value >= 0 && value <= std::numeric_limits<std::uint16_t>::max());
    code_.push_back(static_cast<std::uint16_t>(value));
  }
  /// A deadline, dead when not after the origin.
  void tick(std::int64_t tick) { number(std::max<std::int64_t>(0, tick - origin_)); }
  void row(std::uint32_t row) {
    const auto known = std::find(rows_.begin(), rows_.end(), row);
    number(known - rows_.begin());
    if (known != rows_.end()) return;
    if (rows_.size() == rows_.capacity()) return require(false);
    rows_.push_back(row);
  }
  void require(bool holds) { fits_ &= holds; }
  /// All could be told.
  bool fits() const { return fits_; }

 private:
  StateCode& code_;
  std::int64_t origin_;
  RowNames& rows_;
  bool fits_ = true;
};

/// Reads what a StateWriter wrote, in the same order.
class StateReader {
 public:
  StateReader(const StateCode& code, std::int64_t origin, const RowNames& rows)
      : rest_{code}, origin_{origin}, rows_{rows} {}
  template <class T>
  void number(T& value) {
    value = static_cast<T>(rest_.front());
    rest_ = rest_.subspan(1);
  }
  void tick(std::int64_t& tick) {
    number(tick);
    tick += origin_;
  }
  void row(std::uint32_t& row) {
    number(row);
    row = rows_[row];
  }
  std::span<const std::uint16_t> rest() const { return rest_; }

 private:
  std::span<const std::uint16_t> rest_;
  std::int64_t origin_;
  const RowNames& rows_;
};

}  // namespace npulse::dram
