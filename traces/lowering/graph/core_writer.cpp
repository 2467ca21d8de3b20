// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/core_writer.h"

#include <utility>

namespace npulse::lowering {

void SlotPair::place(const BufferPair& buffers, Address base, Bytes slot_bytes) {
  buffers_ = buffers;
  for (Buffer& buffer : buffers_) {
    buffer.address = base;
    base += static_cast<Address>(slot_bytes.count());
  }
  held_ = {};
  next_ = 0;
}

const Buffer* SlotPair::find(const TileKey& key) const {
  for (std::size_t i = 0; i < held_.size(); ++i) {
    if (held_[i] == key) return &buffers_[i];
  }
  return nullptr;
}

const Buffer& SlotPair::take(const TileKey& key) {
  const std::size_t slot = next_++ % buffers_.size();
  held_[slot] = key;
  return buffers_[slot];
}

void CoreWriter::begin(std::string_view region, const TileBytes& bytes) {
  emitter_.region(region);
  fresh_.fill(true);
  const std::array<Bytes, kBufferKinds> sizes{bytes.input, bytes.weights, bytes.extra,
                                              bytes.result};
  Address next = 0;
  for (std::size_t kind = 0; kind < kBufferKinds; ++kind) {
    const bool accumulators = kind == static_cast<std::size_t>(BufferKind::result);
    slots_[kind].place(plan_.buffers[kind], accumulators ? 0 : next, sizes[kind]);
    next += static_cast<Address>(sizes[kind].count() * ContractionTiling::kSlots);
  }
}

/// The first in each role waits until all slots of the step before are free, for they lie
/// elsewhere; those behind it in its queue need not.
void CoreWriter::load(Role role, const Buffer& slot, const isa::Dma& dma, bool made, Events also) {
  Events waits{slot.free};
  if (std::exchange(fresh_[static_cast<std::size_t>(role)], false)) {
    waits.clear();
    for (const BufferKind kind : {BufferKind::input, BufferKind::weights, BufferKind::extra}) {
      for (const Buffer& buffer : plan_.buffers[static_cast<std::size_t>(kind)]) {
        waits.push_back(buffer.free);
      }
    }
  }
  if (made) waits.push_back(plan_.stored);
  waits.insert(waits.end(), also.begin(), also.end());
  emitter_.put(role, dma, waits, {slot.full});
}

void CoreWriter::store(const isa::Dma& dma, isa::EventId ready, const Buffer& slot) {
  emitter_.put(Role::store, dma, {ready}, {slot.free, plan_.stored});
}

}  // namespace npulse::lowering
