// SPDX-License-Identifier: Apache-2.0
// From a model and a chip to a program.
#pragma once

#include "traces/lowering/model.h"
#include "traces/lowering/model_loader.h"
#include "traces/lowering/options.h"
#include "traces/lowering/target.h"

namespace npulse::lowering {

/// Writes a program of explicit events for `target` that runs `model` once. The header's meta says
/// what was planned (`plan.*`) and what it is. Returns the choices of tiles made. Throws InputError
/// when model, options and chip do not go together.
Mapping lower(const Model& model, const Options& options, const Target& target,
              isa::ProgramSink& sink);

}  // namespace npulse::lowering
