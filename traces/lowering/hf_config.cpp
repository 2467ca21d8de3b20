// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/hf_config.h"

#include <fmt/format.h>

#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/core/error.h"

namespace npulse::lowering {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kModelTypes{"exaone", "llama", "mistral", "qwen2"};

/// Looks keys up under any of their names and collects what is wrong with them.
class ConfigReader {
 public:
  ConfigReader(const Json& json, std::string file) : json_{json}, file_{std::move(file)} {}

  using Names = std::initializer_list<const char*>;

  const Json* find(Names names) const {
    for (const char* name : names) {
      const auto found = json_.find(name);
      if (found != json_.end() && !found->is_null()) return &*found;
    }
    return nullptr;
  }

  std::optional<std::int64_t> optional_count(Names names, std::int64_t max) {
    const Json* value = find(names);
    if (!value) return std::nullopt;
    const bool whole = value->is_number_integer();
    if (!whole || *value < 1 || *value > max) {
      fault(*names.begin(),
            fmt::format("{} is not a whole number from 1 to {}", value->dump(), max));
      return std::nullopt;
    }
    return value->get<std::int64_t>();
  }

  std::int64_t count(Names names, std::int64_t max) {
    if (!find(names)) fault(join_names(names), "is missing", "a dense decoder-only model needs it");
    return optional_count(names, max).value_or(1);
  }

  double real(Names names, double fallback) {
    const Json* value = find(names);
    if (!value) return fallback;
    if (value->is_number() && value->get<double>() > 0) return value->get<double>();
    fault(*names.begin(), value->dump() + " is not a number above 0");
    return fallback;
  }

  bool flag(Names names, bool fallback) {
    const Json* value = find(names);
    if (!value) return fallback;
    if (value->is_boolean()) return value->get<bool>();
    fault(*names.begin(), value->dump() + " is neither true nor false");
    return fallback;
  }

  std::string word(Names names) {
    const Json* value = find(names);
    if (!value) return "";
    if (value->is_string()) return value->get<std::string>();
    fault(*names.begin(), value->dump() + " is not a string");
    return "";
  }

  void fault(const std::string& key, const std::string& message, const std::string& hint = {}) {
    faults_.add(file_ + ": " + key, message, hint);
  }

  void throw_if_any() const { faults_.throw_if_any(); }

 private:
  static std::string join_names(Names names) {
    return join(std::vector<std::string>(names.begin(), names.end()));
  }

  const Json& json_;
  std::string file_;
  Faults faults_;
};

void refuse_unsupported_keys(ConfigReader& reader) {
  for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts",
                          "moe_intermediate_size", "num_experts_per_tok"}) {
    if (reader.find({key})) reader.fault(key, "mixture-of-experts models are not supported");
  }
  for (const char* key : {"kv_lora_rank", "q_lora_rank", "qk_rope_head_dim"}) {
    if (reader.find({key})) reader.fault(key, "multi-head latent attention is not supported");
  }
  if (reader.find({"text_config"})) {
    reader.fault("text_config", "multi-modal models are not supported",
                 "give the text model's own config.json");
  }
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    if (reader.flag({key}, false)) reader.fault(key, "true is not supported");
  }
}

/// `model_type`, or what the first of `architectures` implies.
std::string model_type(ConfigReader& reader) {
  std::string type = reader.word({"model_type"});
  const Json* list = reader.find({"architectures"});
  if (type.empty() && list && list->is_array() && !list->empty() && list->front().is_string()) {
    const auto name = list->front().get<std::string>();
    if (name == "LlamaForCausalLM") type = "llama";
    if (name == "MistralForCausalLM") type = "mistral";
    if (name == "Qwen2ForCausalLM") type = "qwen2";
    if (name == "ExaoneForCausalLM") type = "exaone";
  }
  if (std::find(kModelTypes.begin(), kModelTypes.end(), type) == kModelTypes.end()) {
    reader.fault(
        "model_type",
        fmt::format("'{}' is not a supported architecture; supported: {}", type, join(kModelTypes)),
        did_you_mean(type, kModelTypes));
  }
  return type;
}

void read_attention(ConfigReader& reader, Transformer& model) {
  model.heads = reader.count({"num_attention_heads"}, 1 << 16);
  model.kv_heads = reader.optional_count({"num_key_value_heads"}, 1 << 16).value_or(model.heads);
  if (model.heads % model.kv_heads != 0) {
    reader.fault("num_key_value_heads", fmt::format("{} does not divide num_attention_heads ({})",
                                                    model.kv_heads, model.heads));
  }
  if (const auto head_dim = reader.optional_count({"head_dim"}, 1 << 16)) {
    model.head_dim = *head_dim;
  } else if (model.hidden % model.heads == 0) {
    model.head_dim = model.hidden / model.heads;
  } else {
    reader.fault("head_dim", fmt::format("is missing, and num_attention_heads ({}) does not divide "
                                         "hidden_size ({})",
                                         model.heads, model.hidden));
  }
  if (model.head_dim % 2 != 0) reader.fault("head_dim", "must be even for rotary positions");
  if (reader.flag({"use_sliding_window"}, true)) {
    model.sliding_window = reader.optional_count({"sliding_window"}, 1 << 30);
  }
}

void read_activation(ConfigReader& reader) {
  const std::string activation = reader.word({"hidden_act", "activation_function"});
  if (!activation.empty() && activation != "silu" && activation != "swish") {
    reader.fault("hidden_act", "'" + activation + "' is not supported; supported: silu, swish");
  }
}

Json parse_json(const std::string& text, const std::string& file) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw InputError{file, error.what(), "the file must be the config.json of a model"};
  }
  if (!json.is_object()) throw InputError{file, "is not a JSON object"};
  return json;
}

}  // namespace

Transformer parse_hf_config(const std::string& text, const std::string& file,
                            const std::string& model_name) {
  const Json json = parse_json(text, file);
  ConfigReader reader{json, file};
  Transformer model;
  model.name = model_name;
  model.qkv_bias = model_type(reader) == "qwen2";
  refuse_unsupported_keys(reader);
  model.layers = reader.count({"num_hidden_layers", "num_layers"}, 1 << 14);
  model.hidden = reader.count({"hidden_size"}, 1 << 20);
  model.ffn = reader.count({"intermediate_size"}, 1 << 20);
  model.vocab = reader.count({"vocab_size"}, 1 << 24);
  model.tied_embeddings = reader.flag({"tie_word_embeddings"}, false);
  model.rope_theta = reader.real({"rope_theta"}, model.rope_theta);
  model.norm_epsilon = reader.real({"rms_norm_eps", "layer_norm_epsilon"}, model.norm_epsilon);
  read_attention(reader, model);
  read_activation(reader);
  reader.throw_if_any();
  return model;
}

Transformer load_hf_config(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    throw InputError{path.string(), "cannot be read", "check the path and its permissions"};
  }
  const bool generic = path.filename() == "config.json" && path.has_parent_path();
  const auto name = generic ? path.parent_path().filename() : path.stem();
  return parse_hf_config(text.str(), path.string(), name.string());
}

}  // namespace npulse::lowering
