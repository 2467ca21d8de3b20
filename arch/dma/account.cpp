// SPDX-License-Identifier: Apache-2.0
#include "arch/dma/account.h"

#include <bit>

namespace npulse::arch {
namespace {

void count_side(const Side& side, std::int64_t bytes, bool write, Activity& activity) {
  switch (side.space) {
    case isa::Space::dram:
      (write ? activity.dram_write_bytes : activity.dram_read_bytes) += bytes;
      break;
    case isa::Space::spm:
      (write ? activity.spm_write_bytes : activity.spm_read_bytes) += bytes;
      break;
    case isa::Space::acc:
      (write ? activity.acc_write_bytes : activity.acc_read_bytes) += bytes;
      break;
    case isa::Space::shared:
      (write ? activity.shared_write_bytes : activity.shared_read_bytes) += bytes;
      break;
  }
  if (side.on_wire()) activity.noc_bytes += bytes;
}

}  // namespace

void count_piece(const Transfer& transfer, const Piece& piece, std::uint16_t own,
                 Activity& activity) {
  if (transfer.src) count_side(*transfer.src, piece.src_bytes, false, activity);
  if (transfer.coded_bytes) activity.expanded_bytes += piece.dst_bytes;
  if (!transfer.dst) return;
  count_side(*transfer.dst, piece.dst_bytes, true, activity);
  const auto copies = std::popcount(remote_copies(transfer, own));
  const Side copy{transfer.dst->space, own, 0, {}};
  for (int i = 0; i < copies; ++i) count_side(copy, piece.dst_bytes, true, activity);
}

AccessStream access_pattern(const Transfer& transfer, const Side& side) {
  AccessStream stream;
  stream.space = side.space;
  std::int64_t elements = 1;
  for (int i = transfer.shape.size() - 1; i >= 0; --i) {
    if (transfer.shape[i] != 1 && side.stride[i] != elements) {
      stream.run_bytes = ceil_div<std::int64_t>(elements * transfer.bits, 8);
      stream.stride_bytes = side.stride[i] * transfer.bits / 8;
      break;
    }
    elements *= transfer.shape[i];
  }
  return stream;
}

std::uint64_t remote_copies(const Transfer& transfer, std::uint16_t own) {
  if (!transfer.dst || transfer.multicast == 0) return 0;
  return transfer.multicast & ~(std::uint64_t{1} << transfer.dst->core.value_or(own));
}

const char* stall_cause(std::span<const Transfer> transfers) {
  const char* cause = "spm";
  for (const Transfer& transfer : transfers) {
    for (const auto* side : {&transfer.src, &transfer.dst}) {
      if (*side && (*side)->space == isa::Space::dram) return "memory";
      if (*side && (*side)->on_wire()) cause = "noc";
    }
    if (transfer.multicast) cause = "noc";
  }
  return cause;
}

}  // namespace npulse::arch
