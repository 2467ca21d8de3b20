// SPDX-License-Identifier: Apache-2.0
// The options that say what of a model is lowered, and the word that is a program or a model.
#pragma once

#include <filesystem>
#include <memory>

#include "arch/chip/chip.h"
#include "cli/command.h"
#include "isa/program.h"
#include "traces/graph/graph.h"
#include "traces/lowering/model.h"
#include "traces/lowering/options.h"

namespace npulse::cli {

std::filesystem::path models_folder();

/// Adds --phase, --batch, --context, --weights, --activations, --kv, --attention, --layers,
/// --experts, --expect, --dim and --strict, and those of mapping_options.h.
void add_model_options(CommandLine& line);

/// True when one of those options was given.
bool has_model_options(const CommandLine& line);

lowering::Options model_options(const CommandLine& line, const lowering::Model& model);

/// True when `text` means a model, false when it means a program file; InputError when it is
/// neither.
bool is_model(const std::string& text);

void add_expect_option(CommandLine& line);

/// Warns if the parameters are not those that --expect, or the model's name, says.
void warn_of_size(const CommandLine& line, const lowering::Transformer& model);

/// A model by name (configs/models), path or `gemm:M,N,K`; warns as above.
lowering::Model load_model(const CommandLine& line, const std::string& text);

/// Lowers a graph for `chip`; warns of what is only costed as traffic.
void lower_graph(const CommandLine& line, const graph::Graph& graph, const arch::Chip& chip,
                 isa::ProgramSink& sink);

/// Lowers a model for `chip`.
void lower_model(const CommandLine& line, const lowering::Model& model, const arch::Chip& chip,
                 isa::ProgramSink& sink);

/// Opens a program file, or lowers for `chip` what `text` names: a model, a graph or a file that
/// an importer reads.
std::unique_ptr<isa::Program> program_from(const CommandLine& line, const std::string& text,
                                           const arch::Chip& chip);

}  // namespace npulse::cli
