// SPDX-License-Identifier: Apache-2.0
// Reads the dimensions of a dense decoder-only model from a Hugging Face config.json.
#pragma once

#include <filesystem>
#include <string>

#include "traces/lowering/model.h"

namespace npulse::lowering {

/// `text` is the file's content, `file` its name in messages. Throws InputError with every fault
/// (`file: key`) that one pass finds; unknown keys are ignored, unsupported architectures are not.
Transformer parse_hf_config(const std::string& text, const std::string& file,
                            const std::string& model_name);

Transformer load_hf_config(const std::filesystem::path& path);

}  // namespace npulse::lowering
