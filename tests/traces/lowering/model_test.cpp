// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/model.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "sim/core/error.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/hf_config.h"

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

TEST_CASE("Shipped models have the parameter counts that their names promise", "[lowering]") {
  // facts/llm_models.csv, exact; facts/formats.md 1.3, rounded
  CHECK(shipped("llama-3.1-8b").parameters() == 8'030'261'248);
  CHECK(shipped("llama-3.1-70b").parameters() == 70'553'706'496);
  CHECK(static_cast<double>(shipped("qwen2.5-7b").parameters()) == Approx(7.62e9).epsilon(0.005));
  CHECK(static_cast<double>(shipped("exaone-3.5-7.8b").parameters()) ==
        Approx(7.82e9).epsilon(0.005));
}

TEST_CASE("KV elements a token are two heads' widths a layer", "[lowering]") {
  const auto bf16_bytes = [](const char* name) {
    return shipped(name).kv_elements_per_token() * 2;
  };
  CHECK(bf16_bytes("llama-3.1-8b") == 131'072);  // facts/formats.md 1.3
  CHECK(bf16_bytes("llama-3.1-70b") == 327'680);
  CHECK(bf16_bytes("qwen2.5-7b") == 57'344);
  CHECK(bf16_bytes("exaone-3.5-7.8b") == 131'072);
}

TEST_CASE("Tied embeddings count once, and qwen2 alone has a bias on q, k and v", "[lowering]") {
  const Transformer apart = parse_hf_config(with(""), "m.json", "m");
  const Transformer tied = parse_hf_config(with(R"("tie_word_embeddings": true)"), "m.json", "m");
  CHECK(apart.parameters() - tied.parameters() == apart.vocab * apart.hidden);
  CHECK_FALSE(apart.qkv_bias);
  CHECK(shipped("qwen2.5-7b").qkv_bias);
}

TEST_CASE("head_dim follows from the hidden size unless it is given", "[lowering]") {
  CHECK(parse_hf_config(with(""), "m.json", "m").head_dim == 16);
  CHECK(parse_hf_config(with(R"("head_dim": 48)"), "m.json", "m").q_width() == 4 * 48);
  CHECK(parse_hf_config(with(""), "m.json", "m").kv_heads == 4);
}

TEST_CASE("A config's faults are all reported in one pass, each with file and key", "[lowering]") {
  const std::string text =
      fault_of(R"({"model_type": "llama", "hidden_size": -3, "num_attention_heads": "many",
                                        "num_layers": 1.5, "vocab_size": 100})");
  CHECK_THAT(text, Catch::Contains("m.json: hidden_size: -3 is not a whole number"));
  CHECK_THAT(text, Catch::Contains("m.json: num_attention_heads: \"many\""));
  CHECK_THAT(text, Catch::Contains("m.json: num_hidden_layers: 1.5"));
  CHECK_THAT(text, Catch::Contains("m.json: intermediate_size: is missing"));
}

TEST_CASE("What cannot be lowered is refused by key", "[lowering]") {
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
  CHECK(model_names(folder).size() == 4);
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
