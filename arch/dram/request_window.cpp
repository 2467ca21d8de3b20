// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/request_window.h"

namespace npulse::dram {

RequestWindow::RequestWindow(std::size_t banks, std::size_t max_entries)
    : open_rows_(banks), nodes_(max_entries + 1) {
  for (auto& lists : lists_) lists.banks.resize(banks);
  free_.reserve(max_entries);
  for (std::size_t i = max_entries; i > 0; --i) free_.push_back(static_cast<Index>(i));
}

void RequestWindow::insert(const Request& request) {
  const std::size_t bank = request.at.bank;
  Lists& lists = lists_[at(direction_of(request))];
  Bank& list = lists.banks[bank];
  const Index node = free_.back();
  free_.pop_back();
  nodes_[node] = {request, next_age_++, kEnd, list.last};
  (list.first == kEnd ? list.first : nodes_[list.last].next) = node;
  list.first_age = nodes_[list.first].age;
  list.last = node;
  lists.waiting |= bit_of(bank);
  lists.bursts += request.bursts;
  if (list.hit == kEnd) find_hit(lists, bank, node);
}

void RequestWindow::row_opened(std::size_t bank, std::uint32_t row) {
  open_rows_[bank] = row;
  for (auto& lists : lists_) find_hit(lists, bank, lists.banks[bank].first);
}

void RequestWindow::row_closed(std::size_t bank) {
  open_rows_[bank].reset();
  for (auto& lists : lists_) {
    lists.banks[bank].hit = kEnd;
    lists.hits &= ~bit_of(bank);
  }
}

std::optional<Request> RequestWindow::serve_hit(Direction d, std::size_t bank) {
  Lists& lists = lists_[at(d)];
  const Index node = lists.banks[bank].hit;
  Request& request = nodes_[node].request;
  --lists.bursts;
  if (request.bursts > 1) {
    --request.bursts;
    ++request.at.column;
    return std::nullopt;
  }
  const Request served = request;
  const Index next = nodes_[node].next;
  unlink(lists, bank, node);
  find_hit(lists, bank, next);
  return served;
}

bool RequestWindow::conflicts(const Request& request) const {
  const Lists& others = lists_[at(opposite(direction_of(request)))];
  if (!(others.waiting & bit_of(request.at.bank))) return false;
  for (Index i = others.banks[request.at.bank].first; i != kEnd; i = nodes_[i].next) {
    if (overlap(request, nodes_[i].request)) return true;
  }
  return false;
}

void RequestWindow::find_hit(Lists& lists, std::size_t bank, Index from) {
  Bank& list = lists.banks[bank];
  const auto& row = open_rows_[bank];
  Index i = row ? from : kEnd;
  while (i != kEnd && nodes_[i].request.at.row != *row) i = nodes_[i].next;
  list.hit = i;
  list.hit_age = nodes_[i].age;
  lists.hits = i == kEnd ? lists.hits & ~bit_of(bank) : lists.hits | bit_of(bank);
}

void RequestWindow::unlink(Lists& lists, std::size_t bank, Index node) {
  Bank& list = lists.banks[bank];
  const Node& gone = nodes_[node];
  (gone.previous == kEnd ? list.first : nodes_[gone.previous].next) = gone.next;
  (gone.next == kEnd ? list.last : nodes_[gone.next].previous) = gone.previous;
  list.first_age = nodes_[list.first].age;
  if (list.first == kEnd) lists.waiting &= ~bit_of(bank);
  free_.push_back(node);
}

}  // namespace npulse::dram
