// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/splitter.h"

#include <algorithm>
#include <bit>

#include "arch/dram/granule.h"

namespace npulse::dram {
namespace {

/// The largest aligned block at `begin`, by its logarithm.
int largest_block(Address begin, Address end) {
  const int aligned = begin == 0 ? 63 : std::countr_zero(begin);
  const int fits = static_cast<int>(std::bit_width(end - begin)) - 1;
  return std::min({aligned, fits, BlockTemplates::kMaxLog2});
}

}  // namespace

TrafficCounts& TrafficCounts::operator+=(const TrafficCounts& other) {
  bytes_read += other.bytes_read;
  bytes_written += other.bytes_written;
  padding_bytes += other.padding_bytes;
  merge_bursts += other.merge_bursts;
  return *this;
}

Splitter::Splitter(const AddressMap& map, Bytes burst, std::int64_t max_bursts,
                   PartialWrite partial_write, bool coalesce)
    : map_{map},
      burst_{static_cast<Address>(burst.count())},
      merges_{partial_write == PartialWrite::merge},
      run_{std::min(static_cast<Address>(map.run_bytes().count()),
                    burst_ * std::bit_floor(static_cast<Address>(max_bursts)))} {
  if (coalesce) templates_.emplace(map, burst, max_bursts, kGranule);
}

const Split& Splitter::split(const Transaction& transaction) {
  if (transaction == last_) return split_;
  last_ = transaction;
  split_.pieces.clear();
  split_.shared_by = {};
  const Address begin = transaction.address;
  const Address end = begin + static_cast<Address>(transaction.bytes.count());
  const Address first = std::min(end, (begin + burst_ - 1) / burst_ * burst_);
  const Address last = std::max(first, end / burst_ * burst_);
  if (!templates_ || last - first <= run_) {
    split_runs(transaction, begin, end);
    return split_;
  }
  if (first == begin && last == end && split_shared(transaction, begin, end)) return split_;
  split_runs(transaction, begin, first);
  split_aligned(transaction, first, last);
  split_runs(transaction, last, end);
  return split_;
}

/// Whether blocks could be found that ask channels for the same: all of them, or those of one block.
bool Splitter::split_shared(const Transaction& transaction, Address begin, Address end) {
  const Address first = begin;
  while (begin < end) {
    const int log2 = largest_block(begin, end);
    const auto* block = templates_->shared(log2);
    const Address next = begin + (Address{1} << log2);
    const auto everywhere = [&] {
      return block->channels.front().size() == static_cast<std::size_t>(map_.channels());
    };
    if (!block || !((begin == first && next == end) || everywhere())) {
      split_.pieces.clear();
      split_.shared_by = {};
      return false;
    }
    const Location base = map_.decode(begin);
    split_.shared_by = block->channels[base.channel];
    add_block(transaction, base, block->parts);
    begin = next;
  }
  return true;
}

/// In the largest aligned blocks.
void Splitter::split_aligned(const Transaction& transaction, Address begin, Address end) {
  while (begin < end) {
    const int log2 = largest_block(begin, end);
    const auto* block = templates_->block(log2);
    if (!block) {
      split_runs(transaction, begin, end);
      return;
    }
    add_block(transaction, map_.decode(begin), *block);
    begin += Address{1} << log2;
  }
}

void Splitter::add_block(const Transaction& transaction, const Location& base,
                         const BlockTemplates::Block& block) {
  for (const auto& part : block) {
    // Field by field in place: copying what was just written in pieces stalls the processor.
    Piece& piece = split_.pieces.emplace_back(base.channel ^ part.channel);
    const DecodedAddress& within = part.request.at;
    piece.request.at.pseudo_channel = base.at.pseudo_channel ^ part.pseudo_channel;
    piece.request.at.bank = base.at.bank ^ within.bank;
    piece.request.at.row = base.at.row ^ within.row;
    piece.request.at.column = base.at.column ^ within.column;
    piece.request.bursts = part.request.bursts;
    piece.request.shape = part.request.shape;
    piece.request.write = transaction.write;
    const auto bytes = static_cast<std::int64_t>(part.request.bursts * burst_);
    (transaction.write ? piece.traffic.bytes_written : piece.traffic.bytes_read) = bytes;
  }
}

void Splitter::split_runs(const Transaction& transaction, Address begin, Address end) {
  while (begin < end) {
    const Address run_end = std::min(end, (begin / run_ + 1) * run_);
    split_run(transaction, begin, run_end);
    begin = run_end;
  }
}

void Splitter::split_run(const Transaction& transaction, Address begin, Address end) {
  const Address first = begin / burst_ * burst_;
  const Address last = (end - 1) / burst_ * burst_;
  const Location where = map_.decode(first);
  const bool ragged_end = end != last + burst_;
  const bool first_partial = begin != first || (first == last && ragged_end);
  const bool last_partial = first != last && ragged_end;
  if (transaction.write && merges_) {
    if (first_partial) merge(where, first, first);
    if (last_partial) merge(where, first, last);
  }
  Piece piece{where.channel};
  if (transaction.write && !merges_) {
    piece.request.first_masked = first_partial;
    piece.request.last_masked = last_partial;
  }
  piece.request.at = where.at;
  piece.request.bursts = static_cast<std::uint16_t>((last - first) / burst_ + 1);
  piece.request.write = transaction.write;
  const auto bytes = static_cast<std::int64_t>(end - begin);
  (transaction.write ? piece.traffic.bytes_written : piece.traffic.bytes_read) = bytes;
  piece.traffic.padding_bytes = static_cast<std::int64_t>(last + burst_ - first) - bytes;
  split_.pieces.push_back(piece);
}

void Splitter::merge(const Location& where, Address run, Address burst) {
  Piece piece{where.channel};
  piece.request.at = where.at;
  piece.request.at.column = static_cast<std::uint16_t>(where.at.column + (burst - run) / burst_);
  piece.traffic.merge_bursts = 1;
  split_.pieces.push_back(piece);
}

}  // namespace npulse::dram
