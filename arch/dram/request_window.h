// SPDX-License-Identifier: Apache-2.0
// The requests that a scheduler sees: a read and a write list for each bank, and which of them hit.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/dram/bank_mask.h"
#include "arch/dram/request.h"

namespace npulse::dram {

enum class Direction : std::uint8_t { read, write };
constexpr Direction opposite(Direction d) {
  return d == Direction::read ? Direction::write : Direction::read;
}
constexpr Direction direction_of(const Request& request) {
  return request.write ? Direction::write : Direction::read;
}

/// Of one bank.
constexpr bool overlap(const Request& a, const Request& b) {
  return a.at.row == b.at.row && a.at.column < b.at.column + b.bursts &&
         b.at.column < a.at.column + a.bursts;
}

class RequestWindow {
 public:
  RequestWindow(std::size_t banks, std::size_t max_entries);

  void insert(const Request& request);
  /// The bank's row is open from now on, or no row is.
  void row_opened(std::size_t bank, std::uint32_t row);
  void row_closed(std::size_t bank);

  /// Banks with requests of a direction, and those whose requests hit the open row.
  BankMask waiting(Direction d) const { return lists_[at(d)].waiting; }
  BankMask hits(Direction d) const { return lists_[at(d)].hits; }
  /// The oldest request of a waiting bank, and the oldest that hits: what is left of them.
  const Request& oldest(Direction d, std::size_t bank) const {
    return nodes_[lists_[at(d)].banks[bank].first].request;
  }
  const Request& hit(Direction d, std::size_t bank) const {
    return nodes_[lists_[at(d)].banks[bank].hit].request;
  }
  /// When they came: smaller is older.
  std::uint64_t oldest_age(Direction d, std::size_t bank) const {
    return lists_[at(d)].banks[bank].first_age;
  }
  std::uint64_t hit_age(Direction d, std::size_t bank) const {
    return lists_[at(d)].banks[bank].hit_age;
  }
  /// One burst of the oldest hit is served; the request, as it was, when that was its last one.
  std::optional<Request> serve_hit(Direction d, std::size_t bank);

  std::int64_t bursts(Direction d) const { return lists_[at(d)].bursts; }
  bool empty() const { return !waiting(Direction::read) && !waiting(Direction::write); }
  /// A request of the other direction touches the same bursts, so that `request` may not pass it.
  bool conflicts(const Request& request) const;

 private:
  using Index = std::uint32_t;
  static constexpr Index kEnd = 0;  // node 0 is the end of every list

  struct Node {
    Request request;
    std::uint64_t age = 0;
    Index next = kEnd, previous = kEnd;
  };
  struct Bank {
    Index first = kEnd, last = kEnd, hit = kEnd;
    std::uint64_t first_age = 0, hit_age = 0;  ///< Copies, for the scheduler's scans.
  };
  struct Lists {
    std::vector<Bank> banks;
    BankMask waiting = 0, hits = 0;
    std::int64_t bursts = 0;
  };
  static constexpr std::size_t at(Direction d) { return static_cast<std::size_t>(d); }

  /// Sets the bank's hit to the first entry from `from` on that wants the open row.
  void find_hit(Lists& lists, std::size_t bank, Index from);
  void unlink(Lists& lists, std::size_t bank, Index node);

  std::array<Lists, 2> lists_;
  std::vector<std::optional<std::uint32_t>> open_rows_;
  std::vector<Node> nodes_;
  std::vector<Index> free_;
  std::uint64_t next_age_ = 0;
};

}  // namespace npulse::dram
