// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/splitter.h"

#include <algorithm>
#include <bit>

namespace npulse::dram {

TrafficCounts& TrafficCounts::operator+=(const TrafficCounts& other) {
  bytes_read += other.bytes_read;
  bytes_written += other.bytes_written;
  padding_bytes += other.padding_bytes;
  merge_bursts += other.merge_bursts;
  return *this;
}

Splitter::Splitter(const AddressMap& map, Bytes burst, std::int64_t max_bursts,
                   PartialWrite partial_write)
    : map_{map},
      burst_{static_cast<Address>(burst.count())},
      merges_{partial_write == PartialWrite::merge},
      run_{std::min(static_cast<Address>(map.run_bytes().count()),
                    burst_ * std::bit_floor(static_cast<Address>(max_bursts)))} {}

const std::vector<Piece>& Splitter::split(const Transaction& transaction) {
  pieces_.clear();
  const Address end = transaction.address + static_cast<Address>(transaction.bytes.count());
  for (Address begin = transaction.address; begin < end;) {
    const Address run_end = std::min(end, (begin / run_ + 1) * run_);
    split_run(transaction, begin, run_end);
    begin = run_end;
  }
  return pieces_;
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
  Piece piece{where.channel, {}, {}};
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
  pieces_.push_back(piece);
}

void Splitter::merge(const Location& where, Address run, Address burst) {
  Piece piece{where.channel, {}, {}};
  piece.request.at = where.at;
  piece.request.at.column = static_cast<std::uint16_t>(where.at.column + (burst - run) / burst_);
  piece.traffic.merge_bursts = 1;
  pieces_.push_back(piece);
}

}  // namespace npulse::dram
