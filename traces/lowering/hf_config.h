// SPDX-License-Identifier: Apache-2.0
// Reads the dimensions of a decoder-only model from a Hugging Face config.json (or from ONNXim's
// JSON of a language model, which has the keys of a Llama and `ffn_type`).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "traces/lowering/hf_keys.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

struct HfConfig {
  Transformer model;
  std::vector<ConfigFigure> figures;  ///< In the order in which they were read.
};

/// `text` is the file's content, `file` its name in messages. Throws InputError with every fault
/// (`file: path.to.key`) that one pass finds; unknown keys are ignored, unsupported architectures
/// are not.
HfConfig parse_hf_config(const std::string& text, const std::string& file,
                         const std::string& model_name);

/// The model is called as the file, or as its folder if it is a config.json.
HfConfig load_hf_config(const std::filesystem::path& path);

}  // namespace npulse::lowering
