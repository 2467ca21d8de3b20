// SPDX-License-Identifier: Apache-2.0
// Rows of coded weights (docs/isa.md, codecs): from bytes to numbers, and, as a plain quantiser
// would, from numbers to bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isa/codecs.h"

namespace npulse::isa::functional {

/// Exact. `bytes` has the row_bytes() of `elements`.
std::vector<double> decode_row(CodecFormat codec, std::span<const std::uint8_t> bytes,
                               std::int64_t elements);

/// Scales from the largest magnitude of a group (awq: from its range; bcq: greedily, a plane of
/// signs after the other), elements to nearest; 2:4 keeps the two largest of four.
std::vector<std::uint8_t> encode_row(CodecFormat codec, std::span<const double> values);

}  // namespace npulse::isa::functional
