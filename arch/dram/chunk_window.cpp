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

void ChunkWindow::encode(StateWriter& code, Direction d) const {
  code.require(waiting(opposite(d)).empty());
  for (const auto& [request, rest] : waiting(d)) {
    code.require(request.one_row());
    code.row(rest.run.row);
    code.number(static_cast<std::int64_t>(request.runs()) - rest.next);
    RowRun run = rest.run;
    for (std::size_t next = rest.next;;) {
      code.number(run.bank);
      code.number(run.bursts);
      if (++next == request.runs()) break;
      request.get_run(next, run);
    }
  }
}

void ChunkWindow::decode(StateReader& code, const AgeList<Request>& requests) {
  for (WaitingList& list : lists_) list.clear();
  bursts_ = {};
  written_rows_ = {};
  for (const Request& request : requests) {
    insert(request);
    const Direction d = direction_of(request);
    decode_rest(code, request, lists_[at(d)].back().rest);
    served(d, request.bursts - lists_[at(d)].back().bursts_left());
  }
}

void ChunkWindow::decode_rest(StateReader& code, const Request& request, Rest& rest) {
  std::uint32_t row = 0;
  std::size_t left = 0;
  code.row(row);
  code.number(left);
  rest.next = static_cast<std::uint16_t>(request.runs() - left);
  rest.run = request.run(rest.next);
  RowRun run;
  for (std::size_t i = 0; i < left; ++i) {
    code.number(run.bank);
    code.number(run.bursts);
    if (i > 0) continue;
    rest.run.column = static_cast<std::uint16_t>(rest.run.column + rest.run.bursts - run.bursts);
    rest.run.bursts = run.bursts;
  }
}

}  // namespace npulse::dram
