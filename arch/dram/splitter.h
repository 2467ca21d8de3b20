// SPDX-License-Identifier: Apache-2.0
// Cuts transactions into requests: bursts of one pseudo-channel, mostly of one row.
#pragma once

#include <span>
#include <vector>

#include "arch/dram/block_templates.h"

namespace npulse::dram {

struct Transaction {
  Address address = 0;
  Bytes bytes{};
  bool write = false;
  bool operator==(const Transaction&) const = default;
};

/// Bytes of a channel, as asked for and as bursts.
struct TrafficCounts {
  std::int64_t bytes_read = 0;     ///< Asked for.
  std::int64_t bytes_written = 0;  ///< Asked for.
  std::int64_t padding_bytes = 0;  ///< Of bursts, beyond what was asked for.
  std::int64_t merge_bursts = 0;   ///< Read because a write covered them only partly.
  bool operator==(const TrafficCounts&) const = default;
  TrafficCounts& operator+=(const TrafficCounts& other);
  friend TrafficCounts operator+(TrafficCounts a, const TrafficCounts& b) { return a += b; }
};

struct Piece {
  explicit Piece(std::uint32_t c) : channel{c} {}  // without one all is zeroed first

  std::uint32_t channel;
  Request request;        ///< Without id and arrival.
  TrafficCounts traffic;  ///< What it adds.
};

struct Split {
  std::vector<Piece> pieces;
  /// Channels that get all the pieces each, whatever `channel` they name; when there are none, each
  /// piece is for the one that it names.
  std::span<const std::uint32_t> shared_by;

  /// Calls `f` with the channel of each piece, with each channel once if they are shared.
  template <class F>
  void each_channel(F&& f) const {
    if (shared_by.empty()) {
      for (const Piece& piece : pieces) f(piece.channel);
    }
    for (const std::uint32_t channel : shared_by) f(channel);
  }
  /// Calls `f` with each channel and piece.
  template <class F>
  void each_piece(F&& f) const {
    if (shared_by.empty()) {
      for (const Piece& piece : pieces) f(piece.channel, piece);
    }
    for (const std::uint32_t channel : shared_by) {
      for (const Piece& piece : pieces) f(channel, piece);
    }
  }
};

/// A burst is the least that moves. A write that covers a burst partly is masked, or where the part
/// cannot, a read-modify-write: the burst is read, and the write that follows it to the same place
/// waits for that read.
class Splitter {
 public:
  /// Pieces have at most `max_bursts`; with `coalesce`, bursts of a row are gathered from all over
  /// the transaction, and pieces may have shapes.
  Splitter(const AddressMap& map, Bytes burst, std::int64_t max_bursts, PartialWrite partial_write,
           bool coalesce);

  /// The pieces of each channel in order of address, valid until the next call.
  const Split& split(const Transaction& transaction);

 private:
  bool split_shared(const Transaction& transaction, Address begin, Address end);
  void split_aligned(const Transaction& transaction, Address begin, Address end);
  void add_block(const Transaction& transaction, const Location& base,
                 const BlockTemplates::Block& block);
  void split_runs(const Transaction& transaction, Address begin, Address end);
  void split_run(const Transaction& transaction, Address begin, Address end);
  void merge(const Location& where, Address run, Address burst);

  const AddressMap& map_;
  Address burst_;
  bool merges_;
  Address run_;  ///< Largest aligned block of one piece.
  std::optional<BlockTemplates> templates_;
  Transaction last_;  ///< Whose pieces split_ has: one that is refused comes again.
  Split split_;
};

}  // namespace npulse::dram
