// SPDX-License-Identifier: Apache-2.0
// Finds a model by what people type: a name, a path, or `gemm:M,N,K`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "traces/lowering/model.h"

namespace npulse::lowering {

/// `text` is `gemm:M,N,K`, a config.json (or the folder that holds it), or NAME of
/// `folder`/NAME.json. Throws InputError otherwise, naming what there is.
Model load_model(const std::string& text, const std::filesystem::path& folder);

/// The config.json that `text` means, as above. Throws InputError if it is none.
std::filesystem::path find_config(const std::string& text, const std::filesystem::path& folder);

/// Whether `text` can only mean a model (not a program file).
bool names_model(const std::string& text, const std::filesystem::path& folder);

/// Names of the models in `folder`, sorted.
std::vector<std::string> model_names(const std::filesystem::path& folder);

}  // namespace npulse::lowering
