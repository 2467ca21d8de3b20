// SPDX-License-Identifier: Apache-2.0
// What is known of the bytes of one memory: who wrote and read them last, and which were ever
// written.
#pragma once

#include <boost/icl/interval_map.hpp>
#include <boost/icl/interval_set.hpp>
#include <deque>
#include <optional>

#include "isa/checking/clock.h"
#include "isa/footprint.h"

namespace npulse::isa::checking {

class Shadow {
 public:
  /// An access that is not ordered with an earlier one: the earlier, and whether that wrote.
  struct Race {
    Epoch earlier;
    bool earlier_wrote;
    bool certain;        ///< False when one of them is approximate.
    Address begin, end;  ///< Bytes in which both lie.
  };

  /// Hazard mode: joins to `clock` all that happened before an access of `core` because the core's
  /// scoreboard makes it wait for those that it conflicts with.
  void order(const Access& access, std::uint32_t core, Clock& clock) const;

  /// Records `access` by `epoch`, which all that `clock` holds happened before.
  std::optional<Race> record(const Access& access, const Epoch& epoch, const Clock& clock);

  /// The first bytes of a read that nothing has written so far.
  std::optional<std::pair<Address, Address>> unwritten(const Access& access) const;

  /// All so far is ordered before all that follows.
  void settle();

  /// Accesses of many runs that were forgotten because too many were live.
  bool forgot() const { return forgot_; }

 private:
  using Range = boost::icl::right_open_interval<Address>;
  struct Cell {
    std::optional<Epoch> write;
    std::vector<Epoch> reads;  ///< The last of each thread since the write.
    Cell& operator+=(const Cell& other);
    bool operator==(const Cell&) const = default;
  };
  using Cells =
      boost::icl::interval_map<Address, Cell, boost::icl::partial_absorber, std::less,
                               boost::icl::inplace_plus, boost::icl::inter_section, Range>;
  struct Scattered {
    Access access;
    Epoch epoch;
  };
  /// Calls `f` with each earlier access that conflicts and is not in `clock`, until one is true.
  template <class F>
  void find_unordered(const Access& access, const Clock& clock, F f) const;
  template <class F>
  bool find_scattered(const Access& access, const Clock& clock, F f) const;
  template <class F>
  static bool find_in_cell(const Cells::value_type& segment, const Access& access,
                           const Clock& clock, F f);
  void forget_oldest();
  std::pair<Address, Address> first_gap(Address begin, Address end) const;
  void note_runs(const Access& access, const Epoch& epoch);
  void note_scattered(const Access& access, const Epoch& epoch, const Clock& clock);
  void note_written(const Access& access);

  Cells cells_;
  std::deque<Scattered> scattered_;  ///< Accesses of more runs than are worth a cell each.
  boost::icl::interval_set<Address, std::less, Range> written_;
  bool forgot_ = false;
  std::optional<Clock> forgotten_;  ///< Hazard mode: of those forgotten, which may order.
};

}  // namespace npulse::isa::checking
