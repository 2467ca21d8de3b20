// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/block_templates.h"

#include <algorithm>
#include <bit>
#include <map>
#include <tuple>

namespace npulse::dram {

BlockTemplates::BlockTemplates(const AddressMap& map, Bytes burst, std::int64_t max_bursts,
                               std::int64_t max_run)
    : map_{map},
      burst_{static_cast<Address>(burst.count())},
      max_bursts_{max_bursts},
      max_run_{std::min(max_run, max_bursts)},
      blocks_(kMaxLog2 + 1),
      shared_(kMaxLog2 + 1) {}

const BlockTemplates::Block* BlockTemplates::block(int log2) {
  if (!map_.linear() || (Address{1} << log2) < burst_) return nullptr;
  auto& known = blocks_[static_cast<std::size_t>(log2)];
  if (!known) known = make(log2);
  return known->empty() ? nullptr : &*known;
}

const BlockTemplates::Shared* BlockTemplates::shared(int log2) {
  const Block* all = block(log2);
  if (!all) return nullptr;
  auto& known = shared_[static_cast<std::size_t>(log2)];
  if (!known) known = share(*all);
  return known->parts.empty() ? nullptr : &*known;
}

/// The parts come channel by channel.
BlockTemplates::Shared BlockTemplates::share(const Block& block) const {
  Channels channels;
  for (const Part& part : block) {
    if (channels.empty() || channels.back() != part.channel) channels.push_back(part.channel);
  }
  const std::size_t each = block.size() / channels.size();
  for (std::size_t i = 0; i < block.size(); ++i) {
    const Part& first = block[i % each];
    if (i / each >= channels.size() || block[i].channel != channels[i / each] ||
        block[i].pseudo_channel != first.pseudo_channel || block[i].request != first.request) {
      return {};
    }
  }
  Shared shared{{block.begin(), block.begin() + static_cast<std::ptrdiff_t>(each)}, {}};
  for (std::uint32_t first = 0; first < map_.channels(); ++first) {
    Channels& moved = shared.channels.emplace_back(channels);
    for (std::uint32_t& channel : moved) channel ^= first;
    std::sort(moved.begin(), moved.end());
  }
  return shared;
}

/// Runs stay runs wherever the block lies: no address bit above the block moves columns within
/// them.
bool BlockTemplates::moves_whole(const std::vector<RowRun>& runs, int log2) const {
  std::uint16_t inside = 0;
  for (const RowRun& run : runs) inside = static_cast<std::uint16_t>(inside | (run.bursts - 1));
  const auto bits =
      static_cast<int>(std::bit_width(static_cast<Address>(map_.capacity().count() - 1)));
  for (int bit = log2; bit < bits; ++bit) {
    if (map_.decode(Address{1} << bit).at.column & inside) return false;
  }
  return true;
}

BlockTemplates::Block BlockTemplates::make(int log2) {
  std::map<std::tuple<std::uint32_t, std::uint8_t>, std::vector<Cell>> by_channel;
  for (Address a = 0; a < Address{1} << log2; a += burst_) {
    const Location where = map_.decode(a);
    by_channel[{where.channel, where.at.pseudo_channel}].push_back({where, a});
  }
  Block block;
  for (const auto& [channel, cells] : by_channel) {
    const auto runs = runs_of(cells);
    if (!moves_whole(runs, log2)) return {};
    add_requests(block, cells.front().where, runs);
  }
  return block;
}

/// Whole aligned blocks of columns, in order of their lowest address: rows that lie interleaved go in
/// turns, others one after another.
std::vector<RowRun> BlockTemplates::runs_of(std::vector<Cell> cells) const {
  const auto place = [](const Cell& cell) {
    const DecodedAddress& at = cell.where.at;
    return std::tie(at.bank, at.row, at.column);
  };
  std::sort(cells.begin(), cells.end(),
            [&](const Cell& a, const Cell& b) { return place(a) < place(b); });
  std::map<Address, RowRun> runs;
  for (auto first = cells.begin(); first != cells.end();) {
    const DecodedAddress& at = first->where.at;
    std::int64_t n = 1;
    const auto extends = [&](std::int64_t m) {
      if (m > max_run_ || at.column % m != 0 || m > cells.end() - first) return false;
      const DecodedAddress& last = first[m - 1].where.at;
      return last.bank == at.bank && last.row == at.row && last.column == at.column + m - 1;
    };
    while (extends(2 * n)) n *= 2;
    const auto lowest = std::min_element(
        first, first + n, [](const Cell& a, const Cell& b) { return a.address < b.address; });
    runs[lowest->address] = {at.row, at.column, static_cast<std::uint16_t>(n), at.bank};
    first += n;
  }
  std::vector<RowRun> in_order;
  for (const auto& [address, run] : runs) in_order.push_back(run);
  return in_order;
}

void BlockTemplates::add_requests(Block& block, const Location& where,
                                  const std::vector<RowRun>& runs) {
  for (auto first = runs.begin(); first != runs.end();) {
    std::int64_t bursts = 0;
    auto last = first;
    for (; last != runs.end() && bursts + last->bursts <= max_bursts_; ++last)
      bursts += last->bursts;
    Part part{where.channel, where.at.pseudo_channel, {}};
    part.request.bursts = static_cast<std::uint16_t>(bursts);
    if (last - first == 1) {
      part.request.at = {0, first->bank, first->column, first->row};
    } else {
      part.request.shape = one_of(Shape{{first, last}});
    }
    block.push_back(part);
    first = last;
  }
}

/// One object a shape, so that requests can be compared.
const Shape* BlockTemplates::one_of(Shape shape) {
  const auto same_banks = [](const RowRun& a, const RowRun& b) {
    return a.bank == b.bank && a.bursts == b.bursts;
  };
  shape.pattern = static_cast<std::uint32_t>(shapes_.size());
  for (const Shape& known : shapes_) {
    if (known.runs == shape.runs) return &known;
    if (known.one_row && shape.one_row &&
        std::equal(known.runs.begin(), known.runs.end(), shape.runs.begin(), shape.runs.end(),
                   same_banks)) {
      shape.pattern = std::min(shape.pattern, known.pattern);
    }
  }
  return &shapes_.emplace_back(std::move(shape));
}

}  // namespace npulse::dram
