// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/gather.h"

#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

std::uint64_t mask_of_first(std::uint32_t cores) {
  return cores >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << cores) - 1;
}

}  // namespace

std::uint64_t other_cores(std::uint32_t cores, std::uint32_t self) {
  return mask_of_first(cores) & ~(std::uint64_t{1} << self);
}

void gather_columns(Emitter& emitter, const GatherSetup& setup, Address stage, std::int64_t rows,
                    Range share, std::int64_t width, Address buffer, std::int64_t row_length) {
  const auto send = [&](std::int64_t column, const isa::Extents& shape,
                        const isa::Extents& stride) {
    const Address from = advance(stage, (column - share.first) * rows, setup.type);
    isa::Dma dma = transfer(in_spm(advance(buffer, column, setup.type)), in_spm(from), shape,
                            setup.type, stride);
    dma.multicast = other_cores(setup.cores, emitter.core());
    emitter.put(Role::store, dma, {setup.staged}, {setup.gathered});
  };
  if (share.size() == 0) return;
  if (rows == 1) return send(share.first, {share.size()}, {});
  const std::int64_t full = share.size() / width;
  const std::int64_t rest = share.size() % width;
  if (full > 0) send(share.first, {full, rows, width}, {width, row_length, 1});
  if (rest > 0) send(share.last - rest, {rows, rest}, {row_length, 1});
}

}  // namespace npulse::lowering
