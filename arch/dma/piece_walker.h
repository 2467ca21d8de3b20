// SPDX-License-Identifier: Apache-2.0
// Cuts a transfer into pieces that are contiguous on the wire: one piece is one transaction.
#pragma once

#include "arch/dma/transfer.h"

namespace npulse::arch {

struct Piece {
  Address src = 0, dst = 0;
  std::int64_t src_bytes = 0;  ///< As stored at the source (coded bytes of a coded transfer).
  std::int64_t dst_bytes = 0;  ///< As written at the destination.
};

/// Walks in row-major order; runs are cut at multiples of `max_transaction` on the wire.
class PieceWalker {
 public:
  PieceWalker(const Transfer& transfer, Bytes max_transaction);

  bool done() const { return run_ == runs_; }
  Piece next();

 private:
  Address address_of(const Side& side, std::int64_t element) const;
  std::int64_t expanded(std::int64_t coded) const;

  const Transfer& transfer_;
  std::int64_t max_bytes_;
  std::int64_t run_elements_ = 1;  ///< Contiguous elements on the wire.
  std::int64_t run_bytes_ = 0;     ///< The same in bytes, as stored at the source.
  std::int64_t runs_ = 1;
  std::int64_t run_ = 0, offset_ = 0;
};

}  // namespace npulse::arch
