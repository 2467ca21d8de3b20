// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/core/error.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/hf_config.h"
#include "traces/lowering/model_sheet.h"
#include "traces/lowering/promised_size.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

Transformer shipped(const char* name) {
  return std::get<Transformer>(load_model(name, test::models_folder()));
}

std::string fault_of(const std::string& json) {
  try {
    parse_hf_config(json, "m.json", "m");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

const std::string kGood = R"("model_type": "llama", "hidden_size": 64, "intermediate_size": 96,
  "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100)";

std::string with(const std::string& more) {
  return "{" + kGood + (more.empty() ? "" : ", " + more) + "}";
}

}  // namespace

namespace {

/// The table of facts/formats.md 1.3, and facts/llm_models.csv for the first; billions, rounded.
struct Published {
  const char* name;
  double parameters, active;
  std::int64_t kv_bytes;  ///< A token, bf16.
};

const Published kPublished[] = {{"llama-2-7b", 6.738415616, 6.738415616, 524'288},
                                {"llama-3.1-8b", 8.03, 8.03, 131'072},
                                {"llama-3.1-70b", 70.55, 70.55, 327'680},
                                {"mixtral-8x7b", 46.70, 12.88, 131'072},
                                {"qwen3-32b", 32.76, 32.76, 262'144},
                                {"qwen3-30b-a3b", 30.53, 3.35, 98'304},
                                {"qwen2.5-7b", 7.62, 7.62, 57'344},
                                {"qwen2.5-72b", 72.71, 72.71, 327'680},
                                {"deepseek-v3", 671.0, 37.6, 70'272},
                                {"solar-10.7b", 10.73, 10.73, 196'608},
                                {"exaone-3.5-7.8b", 7.82, 7.82, 131'072},
                                {"exaone-3.5-32b", 32.00, 32.00, 262'144},
                                {"exaone-3.5-2.4b", 2.41, 2.41, 76'800}};

}  // namespace

TEST_CASE("Shipped models have the published parameter counts, and KV bytes a token",
          "[lowering]") {
  for (const Published& published : kPublished) {
    CAPTURE(published.name);
    const Transformer model = shipped(published.name);
    CHECK(static_cast<double>(model.parameters()) ==
          Approx(published.parameters * 1e9).epsilon(0.005));
    CHECK(static_cast<double>(model.active_parameters()) ==
          Approx(published.active * 1e9).epsilon(0.005));
    CHECK(model.kv_elements_per_token() * 2 == published.kv_bytes);
    CHECK_FALSE(check_promised_size(model, std::nullopt));
  }
  CHECK(model_names(test::models_folder()).size() == std::size(kPublished));
}

TEST_CASE("Counts that are published to the last parameter are met exactly", "[lowering]") {
  // facts/llm_models.csv: params_total and params_read_per_token
  CHECK(shipped("llama-2-7b").parameters() == 6'738'415'616);
  CHECK(shipped("llama-3.1-8b").parameters() == 8'030'261'248);
  CHECK(shipped("llama-3.1-8b").parameters_read() == 7'504'924'672);
  CHECK(shipped("llama-3.1-70b").parameters() == 70'553'706'496);
}

TEST_CASE("A token visits its experts, the shared ones and the router, not the others",
          "[lowering]") {
  const auto read = [](const std::string& more) {
    return parse_hf_config(R"({"model_type": "qwen2_moe", "hidden_size": 64,
      "intermediate_size": 96, "num_hidden_layers": 4, "num_attention_heads": 4,
      "vocab_size": 100, "num_experts": 10, "num_experts_per_tok": 3,
      "moe_intermediate_size": 24)" +
                               more + "}",
                           "m.json", "m")
        .model;
  };
  const std::int64_t expert = 3 * 64 * 24, dense = 3 * 64 * 96, router = 64 * 10;
  const Transformer all = read("");
  CHECK(all.parameters() - all.active_parameters() == 4 * 7 * expert);
  const Transformer shared = read(R"(, "shared_expert_intermediate_size": 48)");
  CHECK(shared.parameters() - all.parameters() == 4 * (2 * expert + 64));  // and its gate
  const Transformer half = read(R"(, "decoder_sparse_step": 2)");
  CHECK(half.experts->routed == std::vector<bool>{false, true, false, true});
  CHECK(all.parameters() - half.parameters() == 2 * (10 * expert + router - dense));
  const Transformer listed = read(R"(, "mlp_only_layers": [0, 3])");
  CHECK(listed.experts->routed == std::vector<bool>{false, true, true, false});
}

TEST_CASE("How a router scores experts follows from the architecture, unless the config says so",
          "[lowering]") {
  const auto read = [](const std::string& type, const std::string& more) {
    return *parse_hf_config(R"({"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4,
      "num_attention_heads": 4, "vocab_size": 100, "num_experts": 10, "num_experts_per_tok": 3,
      "kv_lora_rank": 32, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 12,
      "model_type": ")" + type + "\"" +
                                more + "}",
                            "m.json", "m")
                .model.experts;
  };
  const Experts v3 = read("deepseek_v3", ""), v2 = read("deepseek_v2", "");
  CHECK((v3.score == RouterScore::sigmoid && v3.normalised && v3.scale == 1));
  CHECK((v2.score == RouterScore::softmax && !v2.normalised));
  const Experts told = read("deepseek_v2", R"(, "scoring_func": "sigmoid", "norm_topk_prob": true,
                                              "routed_scaling_factor": 2.5)");
  CHECK((told.score == RouterScore::sigmoid && told.normalised && told.scale == 2.5));
  CHECK(shipped("mixtral-8x7b").experts->normalised);
  CHECK_THROWS_WITH(read("deepseek_v3", R"(, "scoring_func": "tanh")"),
                    Catch::Contains("scoring_func") && Catch::Contains("softmax, sigmoid"));
}

TEST_CASE("Latent attention counts its low ranks, and keeps one vector a token", "[lowering]") {
  const auto read = [](const std::string& q_rank) {
    return parse_hf_config(R"({"model_type": "deepseek_v3", "hidden_size": 64,
      "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
      "vocab_size": 100, "n_routed_experts": 8, "num_experts_per_tok": 2, "n_shared_experts": 1,
      "moe_intermediate_size": 24, "first_k_dense_replace": 1, "kv_lora_rank": 32,
      "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 12, "q_lora_rank": )" +
                               q_rank + "}",
                           "m.json", "m")
        .model;
  };
  const Transformer low = read("20"), direct = read("null");
  CHECK(low.kv_elements_per_token() == 3 * (32 + 8));
  CHECK(low.experts->routed == std::vector<bool>{false, true, true});
  const std::int64_t query = 4 * (16 + 8);
  CHECK(direct.parameters() - low.parameters() == 3 * (64 * query - 20 * (64 + query) - 20));
}

TEST_CASE("Norms of q and k, and a bias on q, k and v, follow from the architecture",
          "[lowering]") {
  const auto parameters = [](const std::string& type) {
    return parse_hf_config(R"({"model_type": ")" + type + R"(", "hidden_size": 64, "head_dim": 8,
      "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
      "num_key_value_heads": 2, "vocab_size": 100})",
                           "m.json", "m")
        .model.parameters();
  };
  CHECK(parameters("qwen3") - parameters("llama") == 2 * 2 * 8);
  CHECK(parameters("qwen2") - parameters("llama") == 2 * (4 + 2 + 2) * 8);
}

TEST_CASE("A model within text_config is read, with its path in faults", "[lowering]") {
  const std::string nested = R"({"model_type": "llava", "tie_word_embeddings": true,
    "vision_config": {"hidden_size": 7}, "text_config": )";
  const HfConfig config = parse_hf_config(nested + with("") + "}", "m.json", "m");
  CHECK(config.model.hidden == 64);
  CHECK(config.model.tied_embeddings);
  CHECK_THAT(fault_of(nested + with(R"("rope_theta": "x")") + "}"),
             Catch::Contains("m.json: text_config.rope_theta: \"x\""));
  CHECK_THAT(fault_of(nested + "[]}"), Catch::Contains("m.json: text_config: [] is not an object"));
}

TEST_CASE("ONNXim's JSON of a language model is read as the dialect that it is", "[lowering]") {
  const auto json = [](const std::string& ffn_type, const std::string& more) {
    return R"({"activation_function": "swish", "num_attention_heads": 32, "num_kv_heads": 8,
      "vocab_size": 128256, "num_hidden_layers": 32, "hidden_size": 4096,
      "intermediate_size": 14336, "max_seq_length": 8192, "ffn_type": ")" +
           ffn_type + '"' + more + "}";
  };
  const Transformer model = parse_hf_config(json("llama", ""), "m.json", "m").model;
  CHECK(model.parameters() == shipped("llama-3.1-8b").parameters());
  const auto one = parse_hf_config(json("llama", R"(, "run_single_layer": true)"), "m.json", "m");
  CHECK(one.model.layers == 1);
  CHECK_THAT(fault_of(json("default", "")),
             Catch::Contains("ffn_type: 'default' is not supported"));
  CHECK_THAT(fault_of(json("llama", R"(, "tensor_parallel_size": 2)")),
             Catch::Contains("tensor_parallel_size: only 1 is supported"));
}

TEST_CASE("Every figure that was read has its source, by key or for all", "[lowering]") {
  const HfConfig config = load_hf_config(test::models_folder() / "exaone-3.5-32b.json");
  const auto source = [&](const std::string& key) {
    for (const auto& figure : config.figures)
      if (figure.key == key) return figure.source;
    return std::string{"not read"};
  };
  CHECK_THAT(source("vocab_size"), Catch::StartsWith("read: "));
  CHECK_THAT(source("hidden_size"), Catch::StartsWith("memory: "));
  for (const auto& name : model_names(test::models_folder())) {
    for (const auto& figure : load_hf_config(test::models_folder() / (name + ".json")).figures) {
      CAPTURE(name, figure.key);
      CHECK(figure.source != "");
    }
  }
  CHECK_THAT(to_yaml(config), Catch::Contains("parameters: 32") &&
                                  Catch::Contains("kv_bytes_per_token: 262144") &&
                                  Catch::Contains("# memory: "));
}

TEST_CASE("A parameter count far from a model's name or from what was expected is told",
          "[lowering]") {
  CHECK(parameters_in_name("llama-3.1-8b") == 8e9);
  CHECK(parameters_in_name("Llama-2-7B-chat") == 7e9);
  CHECK(parameters_in_name("opt_125M") == 125e6);
  CHECK(parameters_in_name("qwen3-30b-a3b") == 30e9);
  for (const char* name : {"mixtral-8x7b", "deepseek-v3", "qwen2.5", "a3b"}) {
    CHECK_FALSE(parameters_in_name(name));
  }
  Transformer model = shipped("llama-3.1-8b");
  CHECK_FALSE(check_promised_size(model, parse_parameters("8B")));
  CHECK(check_promised_size(model, parse_parameters("7.5B")));
  model.layers = 16;
  const auto warning = check_promised_size(model, std::nullopt);
  REQUIRE(warning);
  CHECK_THAT(warning->text(), Catch::Contains("its name says 8 B"));
  for (const char* text : {"8", "B", "8GB", "-8B", "8e9B", "99999999999999B"}) {
    CHECK_THROWS_AS(parse_parameters(text), InputError);
  }
}

TEST_CASE("Tied embeddings count once, and qwen2 alone has a bias on q, k and v", "[lowering]") {
  const Transformer apart = parse_hf_config(with(""), "m.json", "m").model;
  const Transformer tied =
      parse_hf_config(with(R"("tie_word_embeddings": true)"), "m.json", "m").model;
  CHECK(apart.parameters() - tied.parameters() == apart.vocab * apart.hidden);
  CHECK_FALSE(apart.qkv_bias);
  CHECK(shipped("qwen2.5-7b").qkv_bias);
}

TEST_CASE("head_dim follows from the hidden size unless it is given", "[lowering]") {
  CHECK(parse_hf_config(with(""), "m.json", "m").model.head_dim == 16);
  CHECK(parse_hf_config(with(R"("head_dim": 48)"), "m.json", "m").model.q_width() == 4 * 48);
  CHECK(parse_hf_config(with(""), "m.json", "m").model.kv_heads == 4);
}

TEST_CASE("A config's faults are all reported in one pass, each with file and key", "[lowering]") {
  const std::string text =
      fault_of(R"({"model_type": "llama", "hidden_size": -3, "num_attention_heads": "many",
                                        "num_layers": 1.5, "vocab_size": 100})");
  CHECK_THAT(text, Catch::Contains("m.json: hidden_size: -3 is not a whole number"));
  CHECK_THAT(text, Catch::Contains("m.json: num_attention_heads: \"many\""));
  CHECK_THAT(text, Catch::Contains("m.json: num_layers: 1.5"));
  CHECK_THAT(text, Catch::Contains("m.json: intermediate_size: is missing"));
}

TEST_CASE("What an architecture does not have is refused by key", "[lowering]") {
  for (const char* key : {"num_local_experts", "num_experts", "n_routed_experts", "kv_lora_rank",
                          "q_lora_rank", "text_config"}) {
    CHECK_THAT(fault_of(with("\"" + std::string{key} + "\": 8")),
               Catch::Contains(std::string{"m.json: "} + key));
  }
  CHECK_THAT(fault_of(with(R"("attention_bias": true)")), Catch::Contains("attention_bias"));
  CHECK_THAT(fault_of(with(R"("hidden_act": "gelu")")), Catch::Contains("'gelu' is not supported"));
  CHECK_THAT(fault_of(R"({"model_type": "lama"})"), Catch::Contains("did you mean 'llama'?"));
  CHECK_THAT(fault_of(with(R"("num_key_value_heads": 3)")), Catch::Contains("does not divide"));
  CHECK(fault_of(with(R"("num_experts": null, "something_new": [1])")).empty());
}

TEST_CASE("What is not a JSON object is an input error", "[lowering]") {
  CHECK_THAT(fault_of("[1]"), Catch::Contains("not a JSON object"));
  CHECK_THAT(fault_of("{\"a\": "), Catch::Contains("m.json"));
}

TEST_CASE("Models are found by name, path and extents", "[lowering]") {
  const auto folder = test::models_folder();
  CHECK(name_of(load_model((folder / "qwen2.5-7b.json").string(), folder)) == "qwen2.5-7b");
  const auto gemm = std::get<Gemm>(load_model("gemm:3,5,7", folder));
  CHECK((gemm.m == 3 && gemm.n == 5 && gemm.k == 7));
  CHECK(names_model("gemm:1,2,3", folder));
  CHECK(names_model("llama-3.1-8b", folder));
  CHECK_FALSE(names_model("program.npt", folder));
}

TEST_CASE("Unknown models and bad extents say what is allowed", "[lowering]") {
  const auto fault = [](const char* text) {
    try {
      load_model(text, test::models_folder());
    } catch (const InputError& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  CHECK_THAT(fault("llama-3.1-8"), Catch::Contains("did you mean 'llama-3.1-8b'?"));
  CHECK_THAT(fault("gemm:1,2"), Catch::Contains("2 extents instead of 3"));
  CHECK_THAT(fault("gemm:1,0,3"), Catch::Contains("'0' is not a whole number"));
  CHECK_THAT(fault("gemm:1,x,3"), Catch::Contains("'x'"));
}
