// SPDX-License-Identifier: Apache-2.0
// A dma (or opaque) instruction reduced to what the engine needs: two sides and a shape.
#pragma once

#include <optional>

#include "isa/instruction.h"

namespace npulse::arch {

/// One end of a transfer. On the wire: memory or another core's scratchpad; else this core's own.
struct Side {
  isa::Space space = isa::Space::spm;
  std::optional<std::uint16_t> core;  ///< Set when another core's memory is meant.
  Address address = 0;
  isa::Extents stride;  ///< Elements, one a dimension of the shape.

  bool on_wire() const { return space == isa::Space::dram || core.has_value(); }
};

struct Transfer {
  isa::Extents shape;            ///< Elements, outermost first.
  int bits = 8;                  ///< Of an element.
  std::optional<Side> src, dst;  ///< An opaque transfer has only the memory side.
  std::uint64_t multicast = 0;   ///< Further cores that take a copy, at dst's address.
  std::int64_t coded_bytes = 0;  ///< Bytes at the source when they are coded; 0: as many as at dst.
  std::int64_t padding_bytes = 0;  ///< Written at dst besides the shape.
  Cycles at_least{};               ///< Shortest duration (opaque).

  std::int64_t bytes() const;         ///< Of the shape, expanded.
  std::int64_t source_bytes() const;  ///< Read at src.
};

/// `own_core` turns operands that name it into local ones.
Transfer make_transfer(const isa::Dma& dma, std::uint16_t own_core);

/// The reading half (`read`) or the writing half of an opaque transfer.
Transfer make_transfer(const isa::Opaque& opaque, bool read);

}  // namespace npulse::arch
