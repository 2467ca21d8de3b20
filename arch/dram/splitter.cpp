// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/splitter.h"

#include <algorithm>
#include <bit>

#include "arch/dram/granule.h"

namespace npulse::dram {
namespace {

/// Bursts of a request, at most: what the fast engine reserves at once.
constexpr std::int64_t kMaxRequest = static_cast<std::int64_t>(kBatch) * kGranule;

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
    : map_{map.of_channel()},
      burst_{static_cast<Address>(burst.count())},
      merges_{partial_write == PartialWrite::merge},
      run_{std::min(static_cast<Address>(map_.run_bytes().count()),
                    burst_ * std::bit_floor(static_cast<Address>(max_bursts)))} {
  if (!map.linear()) {
    modulo_channels_ = static_cast<Address>(map.channels());
    granule_ = static_cast<Address>(map.granule_bytes().count());
  }
  if (coalesce) templates_.emplace(map_, burst, std::min(max_bursts, kMaxRequest), kGranule);
}

const Split& Splitter::split(const Transaction& transaction) {
  if (transaction == last_) return split_;
  last_ = transaction;
  split_.pieces.clear();
  const Address begin = transaction.address;
  const Range whole{begin, begin + static_cast<Address>(transaction.bytes.count()),
                    transaction.write, 0};
  const bool in_turns = modulo_channels_ != 1;
  split_.everywhere = in_turns ? split_in_rounds(whole) : split_everywhere(whole);
  if (split_.everywhere) return split_;
  in_turns ? split_shares(whole) : split_range(whole);
  return split_;
}

/// Whether blocks could be found that ask all channels for the same.
bool Splitter::split_everywhere(const Range& whole) {
  if (!templates_ || whole.end - whole.begin <= run_) return false;
  if (whole.begin % burst_ != 0 || whole.end % burst_ != 0) return false;
  Range rest = whole;
  while (rest.begin < rest.end) {
    const int log2 = largest_block(rest.begin, rest.end);
    const auto* block = templates_->everywhere(log2);
    if (!block) {
      split_.pieces.clear();
      return false;
    }
    add_block(rest, *block);
    rest.begin += Address{1} << log2;
  }
  return true;
}

/// Whether each channel gets the same granules of its own.
bool Splitter::split_in_rounds(const Range& whole) {
  const Address round = modulo_channels_ * granule_;
  if (!templates_ || whole.begin % round != 0 || whole.end % round != 0) return false;
  split_range({whole.begin / modulo_channels_, whole.end / modulo_channels_, whole.write, 0});
  return true;
}

/// What goes to a channel is one range of its own addresses.
void Splitter::split_shares(const Range& whole) {
  const Address first = whole.begin / granule_, beyond = (whole.end - 1) / granule_ + 1;
  for (Address g = first; g < std::min(beyond, first + modulo_channels_); ++g) {
    split_range(share(whole, g, beyond));
  }
}

/// Of the channel to which `granule` goes, the first one that it gets; those from `beyond` on are
/// not asked for.
Splitter::Range Splitter::share(const Range& whole, Address granule, Address beyond) const {
  const Address last = granule + (beyond - 1 - granule) / modulo_channels_ * modulo_channels_;
  const auto local = [&](Address address) {
    return address / granule_ / modulo_channels_ * granule_ + address % granule_;
  };
  return {local(std::max(whole.begin, granule * granule_)),
          local(std::min(whole.end, (last + 1) * granule_) - 1) + 1, whole.write,
          static_cast<std::uint32_t>(granule % modulo_channels_)};
}

void Splitter::split_range(const Range& range) {
  const Address first = std::min(range.end, (range.begin + burst_ - 1) / burst_ * burst_);
  const Address last = std::max(first, range.end / burst_ * burst_);
  if (!templates_ || last - first <= run_) return split_runs(range);
  split_runs({range.begin, first, range.write, range.channel});
  split_aligned({first, last, range.write, range.channel});
  split_runs({last, range.end, range.write, range.channel});
}

/// In the largest aligned blocks.
void Splitter::split_aligned(Range range) {
  while (range.begin < range.end) {
    const int log2 = largest_block(range.begin, range.end);
    const auto* block = templates_->block(log2);
    if (!block) return split_runs(range);
    add_block(range, *block);
    range.begin += Address{1} << log2;
  }
}

void Splitter::add_block(const Range& at, const BlockTemplates::Block& block) {
  const Location base = map_.decode(at.begin);
  for (const auto& part : block) {
    // Field by field in place: copying what was just written in pieces stalls the processor.
    Piece& piece = split_.pieces.emplace_back();
    const DecodedAddress& within = part.request.at;
    piece.channel = at.channel + (base.channel ^ part.channel);
    piece.request.at.pseudo_channel = base.at.pseudo_channel ^ part.pseudo_channel;
    piece.request.at.bank = base.at.bank ^ within.bank;
    piece.request.at.row = base.at.row ^ within.row;
    piece.request.at.column = base.at.column ^ within.column;
    piece.request.bursts = part.request.bursts;
    piece.request.shape = part.request.shape;
    piece.request.write = at.write;
    const auto bytes = static_cast<std::int64_t>(part.request.bursts * burst_);
    (at.write ? piece.traffic.bytes_written : piece.traffic.bytes_read) = bytes;
  }
}

void Splitter::split_runs(Range range) {
  for (const Address end = range.end; range.begin < end; range.begin = range.end) {
    range.end = std::min(end, (range.begin / run_ + 1) * run_);
    split_run(range);
  }
}

void Splitter::split_run(const Range& run) {
  const Address first = run.begin / burst_ * burst_;
  const Address last = (run.end - 1) / burst_ * burst_;
  Location where = map_.decode(first);
  where.channel += run.channel;
  const bool ragged_end = run.end != last + burst_;
  const bool first_partial = run.begin != first || (first == last && ragged_end);
  const bool last_partial = first != last && ragged_end;
  if (run.write && merges_) {
    if (first_partial) merge(where, first, first);
    if (last_partial) merge(where, first, last);
  }
  Piece piece{where.channel, {}, {}};
  if (run.write && !merges_) {
    piece.request.first_masked = first_partial;
    piece.request.last_masked = last_partial;
  }
  piece.request.at = where.at;
  piece.request.bursts = static_cast<std::uint16_t>((last - first) / burst_ + 1);
  piece.request.write = run.write;
  const auto bytes = static_cast<std::int64_t>(run.end - run.begin);
  (run.write ? piece.traffic.bytes_written : piece.traffic.bytes_read) = bytes;
  piece.traffic.padding_bytes = static_cast<std::int64_t>(last + burst_ - first) - bytes;
  split_.pieces.push_back(piece);
}

void Splitter::merge(const Location& where, Address run, Address burst) {
  Piece piece{where.channel, {}, {}};
  piece.request.at = where.at;
  piece.request.at.column = static_cast<std::uint16_t>(where.at.column + (burst - run) / burst_);
  piece.traffic.merge_bursts = 1;
  split_.pieces.push_back(piece);
}

}  // namespace npulse::dram
