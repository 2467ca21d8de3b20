// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/piece_walker.h"

#include <algorithm>

namespace npulse::arch {
namespace {

/// Elements of the longest contiguous block that `side` holds in one piece.
std::int64_t contiguous(const Side& side, const isa::Extents& shape) {
  std::int64_t elements = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    if (shape[i] != 1 && side.stride[i] != elements) break;
    elements *= shape[i];
  }
  return elements;
}

}  // namespace

PieceWalker::PieceWalker(const Transfer& transfer, Bytes max_transaction)
    : transfer_{transfer}, max_bytes_{max_transaction.count()} {
  const std::int64_t elements = transfer.shape.product();
  if (elements == 0) {
    runs_ = 0;
    return;
  }
  run_elements_ = elements;
  const bool none_on_wire =
      !(transfer.src && transfer.src->on_wire()) && !(transfer.dst && transfer.dst->on_wire());
  for (const auto* side : {&transfer.src, &transfer.dst}) {
    const bool coded_side = side == &transfer.src && transfer.coded_bytes != 0;
    if (*side && !coded_side && ((*side)->on_wire() || none_on_wire)) {
      run_elements_ = std::min(run_elements_, contiguous(**side, transfer.shape));
    }
  }
  runs_ = elements / run_elements_;
  run_bytes_ = transfer.coded_bytes ? transfer.coded_bytes
                                    : ceil_div<std::int64_t>(run_elements_ * transfer.bits, 8);
}

Piece PieceWalker::next() {
  const std::int64_t first = run_ * run_elements_;
  Piece piece;
  if (transfer_.src) {
    piece.src =
        (transfer_.coded_bytes ? transfer_.src->address : address_of(*transfer_.src, first)) +
        static_cast<Address>(offset_);
  }
  const bool source_cuts = transfer_.src && (transfer_.src->on_wire() || !transfer_.dst);
  const std::int64_t into = expanded(offset_);
  if (transfer_.dst) piece.dst = address_of(*transfer_.dst, first + into * 8 / transfer_.bits);
  const auto cut = static_cast<std::int64_t>((source_cuts ? piece.src : piece.dst) %
                                             static_cast<Address>(max_bytes_));
  piece.src_bytes = std::min(run_bytes_ - offset_, max_bytes_ - cut);
  piece.dst_bytes = expanded(offset_ + piece.src_bytes) - into;
  offset_ += piece.src_bytes;
  if (offset_ == run_bytes_) {
    offset_ = 0;
    ++run_;
  }
  return piece;
}

Address PieceWalker::address_of(const Side& side, std::int64_t element) const {
  std::int64_t at = 0;
  for (int i = transfer_.shape.size() - 1; i >= 0; --i) {
    at += element % transfer_.shape[i] * side.stride[i];
    element /= transfer_.shape[i];
  }
  return side.address + static_cast<Address>(at * transfer_.bits / 8);
}

std::int64_t PieceWalker::expanded(std::int64_t coded) const {
  return transfer_.coded_bytes ? transfer_.bytes() * coded / transfer_.coded_bytes : coded;
}

}  // namespace npulse::arch
