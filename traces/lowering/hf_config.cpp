// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/hf_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/file_text.h"

namespace npulse::lowering {
namespace {

using Json = HfKeys::Json;

// Together these keep every parameter count within 63 bits.
constexpr std::int64_t kMaxLayers = 1 << 12;
constexpr std::int64_t kMaxWidth = 1 << 18;
constexpr std::int64_t kMaxHeads = 1 << 12;
constexpr std::int64_t kMaxHeadDim = 1 << 12;
constexpr std::int64_t kMaxExperts = 1 << 12;
constexpr std::int64_t kMaxVocab = 1 << 24;
constexpr std::int64_t kMaxTokens = 1 << 30;

/// What a `model_type` means beyond its dimensions, as Hugging Face's classes build it.
struct Architecture {
  const char* type;
  const char* class_name;
  bool qkv_bias = false, qk_norm = false, routed = false, latent = false;
  bool normalises_scores = false;  ///< Of experts, unless norm_topk_prob says otherwise.
  bool sigmoid_scores = false;     ///< Likewise, unless scoring_func does.
};

constexpr Architecture kArchitectures[] = {
    {"deepseek_v2", "DeepseekV2ForCausalLM", false, false, true, true},
    {"deepseek_v3", "DeepseekV3ForCausalLM", false, false, true, true, true, true},
    {"exaone", "ExaoneForCausalLM"},
    {"llama", "LlamaForCausalLM"},
    {"mistral", "MistralForCausalLM"},
    {"mixtral", "MixtralForCausalLM", false, false, true, false, true},
    {"qwen2", "Qwen2ForCausalLM", true},
    {"qwen2_moe", "Qwen2MoeForCausalLM", true, false, true},
    {"qwen3", "Qwen3ForCausalLM", false, true},
    {"qwen3_moe", "Qwen3MoeForCausalLM", false, true, true},
};

std::vector<std::string> model_types() {
  std::vector<std::string> types;
  for (const Architecture& one : kArchitectures) types.emplace_back(one.type);
  return types;
}

/// ONNXim's `ffn_type`, `model_type`, or what the first of `architectures` implies.
std::string model_type(HfKeys& reader) {
  if (reader.has({"ffn_type"})) {
    const std::string type = reader.word({"ffn_type"});
    if (type != "llama") {
      reader.fault("ffn_type", fmt::format("'{}' is not supported; supported: llama", type),
                   "the others have no gated feed-forward part");
    }
    return "llama";
  }
  const std::string type = reader.word({"model_type"});
  const std::string class_name = reader.first_word({"architectures"});
  const auto* const named =
      std::find_if(std::begin(kArchitectures), std::end(kArchitectures),
                   [&](const Architecture& one) { return class_name == one.class_name; });
  return type.empty() && named != std::end(kArchitectures) ? named->type : type;
}

Architecture architecture(HfKeys& reader) {
  const std::string type = model_type(reader);
  const auto* const found = std::find_if(std::begin(kArchitectures), std::end(kArchitectures),
                                         [&](const Architecture& one) { return type == one.type; });
  if (found != std::end(kArchitectures)) return *found;
  const auto types = model_types();
  reader.fault(
      "model_type",
      fmt::format("'{}' is not a supported architecture; supported: {}", type, join(types)),
      did_you_mean(type, types));
  return {};
}

/// Keys of another architecture than the file says it is, and what nothing here can express.
void refuse_unsupported_keys(HfKeys& reader, const Architecture& is) {
  const std::string hint = "set model_type to the architecture that the file describes";
  for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts"}) {
    if (!is.routed && reader.has({key}))
      reader.fault(key, fmt::format("'{}' has no experts", is.type), hint);
  }
  for (const char* key : {"q_lora_rank", "kv_lora_rank", "qk_rope_head_dim"}) {
    if (!is.latent && reader.has({key}))
      reader.fault(key, fmt::format("'{}' has no latent attention", is.type), hint);
  }
  for (const char* key : {"attention_bias", "mlp_bias"}) {
    if (reader.flag({key}, false)) reader.fault(key, "true is not supported");
  }
  for (const char* key : {"tensor_parallel_size", "pipeline_parallel_size"}) {
    if (reader.optional_count({key}, kMaxLayers).value_or(1) != 1)
      reader.fault(key, "only 1 is supported", "a program runs on one chip");
  }
}

void read_head_dim(HfKeys& reader, Transformer& model) {
  if (const auto head_dim = reader.optional_count({"head_dim"}, kMaxHeadDim)) {
    model.head_dim = *head_dim;
  } else if (model.hidden % model.heads == 0) {
    model.head_dim = model.hidden / model.heads;
  } else {
    reader.fault("head_dim", fmt::format("is missing, and num_attention_heads ({}) does not divide "
                                         "hidden_size ({})",
                                         model.heads, model.hidden));
  }
  if (model.head_dim % 2 != 0) reader.fault("head_dim", "must be even for rotary positions");
}

void read_attention(HfKeys& reader, Transformer& model) {
  model.kv_heads = reader.optional_count({"num_key_value_heads", "num_kv_heads"}, kMaxHeads)
                       .value_or(model.heads);
  if (model.heads % model.kv_heads != 0) {
    reader.fault("num_key_value_heads", fmt::format("{} does not divide num_attention_heads ({})",
                                                    model.kv_heads, model.heads));
  }
  read_head_dim(reader, model);
  if (reader.flag({"use_sliding_window"}, true)) {
    model.sliding_window = reader.optional_count({"sliding_window"}, kMaxTokens);
  }
}

void read_latent_attention(HfKeys& reader, Transformer& model) {
  LatentAttention latent;
  latent.q_rank = reader.optional_count({"q_lora_rank"}, kMaxWidth);
  latent.kv_rank = reader.count({"kv_lora_rank"}, kMaxWidth);
  latent.nope_dim = reader.count({"qk_nope_head_dim"}, kMaxHeadDim);
  latent.rope_dim = reader.count({"qk_rope_head_dim"}, kMaxHeadDim);
  latent.value_dim = reader.count({"v_head_dim"}, kMaxHeadDim);
  if (latent.rope_dim % 2 != 0) {
    reader.fault("qk_rope_head_dim", "must be even for rotary positions");
  }
  model.kv_heads = model.heads;
  model.head_dim = latent.nope_dim + latent.rope_dim;
  model.latent = latent;
}

/// DeepSeek: all after the first few; Qwen: every so many, except those listed.
std::vector<bool> read_routed_layers(HfKeys& reader, std::int64_t layers) {
  const auto period = [&](const char* key) {
    return reader.optional_count({key}, kMaxLayers).value_or(1);
  };
  const std::int64_t dense =
      reader.optional_count({"first_k_dense_replace"}, kMaxLayers, 0).value_or(0);
  const std::int64_t frequency = period("moe_layer_freq"), step = period("decoder_sparse_step");
  std::vector<bool> routed;
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    routed.push_back(layer >= dense && layer % frequency == 0 && (layer + 1) % step == 0);
  }
  for (const std::int64_t layer : reader.counts({"mlp_only_layers"}, layers - 1)) {
    routed[static_cast<std::size_t>(layer)] = false;
  }
  return routed;
}

/// DeepSeek gives the number of shared experts, Qwen their width.
std::int64_t read_shared_ffn(HfKeys& reader, std::int64_t ffn) {
  if (reader.has({"shared_expert_intermediate_size"}))
    return reader.optional_count({"shared_expert_intermediate_size"}, kMaxWidth, 0).value_or(0);
  return reader.optional_count({"n_shared_experts"}, kMaxExperts, 0).value_or(0) * ffn;
}

void read_experts(HfKeys& reader, const Architecture& is, Transformer& model) {
  Experts experts;
  experts.count =
      reader.count({"num_local_experts", "num_experts", "n_routed_experts"}, kMaxExperts);
  experts.per_token = reader.count({"num_experts_per_tok"}, kMaxExperts);
  if (experts.per_token > experts.count) {
    reader.fault("num_experts_per_tok", fmt::format("{} is over the {} experts there are",
                                                    experts.per_token, experts.count));
  }
  experts.ffn = reader.optional_count({"moe_intermediate_size"}, kMaxWidth).value_or(model.ffn);
  experts.shared_ffn = read_shared_ffn(reader, experts.ffn);
  experts.shared_gate = is.qkv_bias && experts.shared_ffn > 0;  // qwen2_moe
  experts.score_bias = reader.word({"topk_method"}) == "noaux_tc";
  const std::string score = reader.word({"scoring_func"});
  const bool sigmoid = score.empty() ? is.sigmoid_scores : score == "sigmoid";
  experts.score = sigmoid ? RouterScore::sigmoid : RouterScore::softmax;
  if (!score.empty() && score != "sigmoid" && score != "softmax") {
    reader.fault("scoring_func", "'" + score + "' is not supported; supported: softmax, sigmoid");
  }
  experts.normalised = reader.flag({"norm_topk_prob"}, is.normalises_scores);
  experts.scale = reader.real({"routed_scaling_factor"}, experts.scale);
  experts.routed = read_routed_layers(reader, model.layers);
  model.experts = experts;
}

void read_activation(HfKeys& reader) {
  const std::string activation = reader.word({"hidden_act", "activation_function"});
  if (!activation.empty() && activation != "silu" && activation != "swish") {
    reader.fault("hidden_act", "'" + activation + "' is not supported; supported: silu, swish");
  }
}

Transformer read_model(HfKeys& reader) {
  Transformer model;
  const Architecture is = architecture(reader);
  model.qkv_bias = is.qkv_bias;
  model.qk_norm = is.qk_norm;
  if (is.type) refuse_unsupported_keys(reader, is);
  model.layers = reader.count({"num_hidden_layers", "num_layers"}, kMaxLayers);
  if (reader.flag({"run_single_layer"}, false)) model.layers = 1;  // as ONNXim does
  model.hidden = reader.count({"hidden_size"}, kMaxWidth);
  model.ffn = reader.count({"intermediate_size"}, kMaxWidth);
  model.heads = reader.count({"num_attention_heads"}, kMaxHeads);
  is.latent ? read_latent_attention(reader, model) : read_attention(reader, model);
  if (is.routed) read_experts(reader, is, model);
  model.vocab = reader.count({"vocab_size"}, kMaxVocab);
  model.tied_embeddings = reader.flag({"tie_word_embeddings"}, false);
  model.rope_theta = reader.real({"rope_theta"}, model.rope_theta);
  model.norm_epsilon = reader.real({"rms_norm_eps", "layer_norm_epsilon"}, model.norm_epsilon);
  read_activation(reader);
  return model;
}

Json parse_json(const std::string& text, const std::string& file) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const nlohmann::json::exception& error) {  // also of a number too large
    throw InputError{file, error.what(), "the file must be the config.json of a model"};
  }
  if (!json.is_object()) throw InputError{file, "is not a JSON object"};
  return json;
}

}  // namespace

HfConfig parse_hf_config(const std::string& text, const std::string& file,
                         const std::string& model_name) {
  const Json json = parse_json(text, file);
  HfKeys reader{json, file};
  Transformer model = read_model(reader);
  reader.throw_if_any();
  model.name = model_name;
  return {std::move(model), reader.figures()};
}

HfConfig load_hf_config(const std::filesystem::path& path) {
  const bool generic = path.filename() == "config.json" && path.has_parent_path();
  const auto name = generic ? path.parent_path().filename() : path.stem();
  return parse_hf_config(read_whole(path.string()), path.string(), name.string());
}

}  // namespace npulse::lowering
