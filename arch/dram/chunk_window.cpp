// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/chunk_window.h"

namespace npulse::dram {
namespace {

bool touch(const RowRun& a, const RowRun& b) {
  return a.bank == b.bank && a.row == b.row && a.column < b.column + b.bursts &&
         b.column < a.column + a.bursts;
}

}  // namespace

bool share_bursts(const Request& a, const Request& b) {
  for (std::size_t i = 0; i < a.runs(); ++i) {
    for (std::size_t j = 0; j < b.runs(); ++j) {
      if (touch(a.run(i), b.run(j))) return true;
    }
  }
  return false;
}

bool ChunkWindow::overlaps(const Request& request) const {
  const WaitingList& others = waiting(opposite(direction_of(request)));
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (share_bursts(request, others[i].request)) return true;
  }
  return false;
}

}  // namespace npulse::dram
