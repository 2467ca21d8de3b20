// SPDX-License-Identifier: Apache-2.0
// Writes one core's share of a step.
#pragma once

#include "traces/lowering/graph/core_writer.h"

namespace npulse::lowering {

void emit(CoreWriter& core, const std::string& region, const ContractionStep& step,
          const StepConstants& constants);
void emit(CoreWriter& core, const std::string& region, const FusedAttentionStep& step);
void emit(CoreWriter& core, const std::string& region, const VectorStep& step);
void emit(CoreWriter& core, const std::string& region, const PoolStep& step);
void emit(CoreWriter& core, const std::string& region, const CopyStep& step);

}  // namespace npulse::lowering
