// SPDX-License-Identifier: Apache-2.0
// How many bits the coded formats take; docs/isa.md says what they mean.
#pragma once

#include "isa/instruction.h"

namespace npulse::isa {

/// Of one row: elements in groups of `group`, of which the last may be short.
struct CodecLayout {
  std::int64_t group;          ///< Elements that share metadata.
  std::int64_t payload_bits;   ///< An element, on average over its group.
  std::int64_t metadata_bits;  ///< A group: scales, zero points, places of what was kept.
  bool whole_groups = false;   ///< A short last group takes the room of a whole one.

  Bytes row_bytes(std::int64_t elements) const;
  double bits_per_element() const;  ///< Of long rows.
};

/// `codec` is not none.
CodecLayout layout_of(CodecFormat codec);

}  // namespace npulse::isa
