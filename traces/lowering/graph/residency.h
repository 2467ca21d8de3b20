// SPDX-License-Identifier: Apache-2.0
// Which tensors stay in the scratchpads between the step that makes them and the one that reads
// them.
#pragma once

#include "traces/lowering/graph/step_builder.h"

namespace npulse::lowering {

/// Keeps what one contraction makes and only the next one reads, where each core makes all the rows
/// that it reads and has room for them beside the slots of both, unless the maker's tiling forbids
/// it. Returns the bytes of those tensors.
Bytes keep_in_scratchpads(StepList& steps, const Formats& formats, const Target& target);

}  // namespace npulse::lowering
