// SPDX-License-Identifier: Apache-2.0
// How an aligned block of memory falls apart into requests, worked out once for every size.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "arch/dram/address_map.h"

namespace npulse::dram {

/// A map is linear over GF(2), so every aligned block of a size has the same pieces as the one at
/// address 0, moved by an XOR. Bursts of a row that the block reaches in several places become one
/// run.
class BlockTemplates {
 public:
  struct Part {
    std::uint32_t channel = 0;  ///< XOR that of the block.
    std::uint8_t pseudo_channel = 0;
    Request request;  ///< Its place and shape XOR those of the block.
  };
  using Block = std::vector<Part>;
  using Channels = std::vector<std::uint32_t>;
  /// The same parts in each of several channels.
  struct Shared {
    Block parts;
    std::vector<Channels> channels;  ///< By the channel of the block's first byte, in order.
  };

  /// Requests have at most `max_bursts`, runs at most `max_run`.
  BlockTemplates(const AddressMap& map, Bytes burst, std::int64_t max_bursts, std::int64_t max_run);
  BlockTemplates(const BlockTemplates&) = delete;
  BlockTemplates& operator=(const BlockTemplates&) = delete;

  static constexpr int kMaxLog2 = 16;  ///< Blocks of at most 64 KiB.

  /// The pieces of an aligned block of 2^log2 bytes at address 0; null when the map is not of the
  /// kind.
  const Block* block(int log2);
  /// The pieces of one channel, when all channels of the block have the same; else null.
  const Shared* shared(int log2);

 private:
  struct Cell {
    Location where;
    Address address;
  };
  bool moves_whole(const std::vector<RowRun>& runs, int log2) const;
  Block make(int log2);
  Shared share(const Block& block) const;
  const Shape* one_of(Shape shape);
  std::vector<RowRun> runs_of(std::vector<Cell> cells) const;
  void add_requests(Block& block, const Location& where, const std::vector<RowRun>& runs);

  const AddressMap& map_;
  Address burst_;
  std::int64_t max_bursts_, max_run_;
  std::vector<std::optional<Block>> blocks_;  ///< Empty: cannot be had.
  std::vector<std::optional<Shared>> shared_;
  std::deque<Shape> shapes_;
};

}  // namespace npulse::dram
