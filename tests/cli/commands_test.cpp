// SPDX-License-Identifier: Apache-2.0
// What the commands say and write when all is well, and that they agree with each other.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/cli/programs.h"
#include "tests/cli/requirements.h"

using namespace npulse::test;
using Json = nlohmann::json;

namespace {

std::string json_of(const Desk& desk, const std::string& arguments) {
  return require_ok(desk, "run " + arguments + " --json -").out;
}

/// Without how figures are spelled (`20 cycles`, `20`).
nlohmann::json report_of(const Desk& desk, const std::string& arguments) {
  auto report = nlohmann::json::parse(json_of(desk, arguments));
  for (auto& figure : report.at("unsure")) figure.erase("value");
  return report;
}

/// A transformer small enough to run whole.
const char* const kTinyModel = R"({
  "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
  "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2, "num_attention_heads": 4,
  "num_key_value_heads": 2, "head_dim": 64, "vocab_size": 512, "max_position_embeddings": 4096,
  "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16"
})";

}  // namespace

TEST_CASE("The same run gives the same bytes, again and from another folder", "[cli]") {
  const Desk one, other;
  for (const Desk* desk : {&one, &other}) desk->put("good.npt", kGood);
  for (const char* run : {"edu-8x8 good.npt", "edu-8x8 gemm:40,30,20",
                          "rngd llama-3.1-8b --weights fp8 --layers 0:1"}) {
    const std::string first = json_of(one, run);
    CHECK((json_of(one, run) == first));
    CHECK((json_of(other, run) == first));
    CHECK(one.npulse(std::string{"run "} + run).out == other.npulse(std::string{"run "} + run).out);
  }
}

TEST_CASE("A program needs no DMA queue", "[cli]") {
  const Desk desk;
  desk.put("mx.npt", ".npu 1.0\n.queue mx matrix\ncore 0 {\n  mx: opaque cycles=30\n}\n");
  const auto report = Json::parse(json_of(desk, "edu-8x8 mx.npt"));
  CHECK(report.at("queues").at("c0.mx").at("busy_cycles") == 30);
  CHECK(report.at("memory").at("bytes_read") == 0);
}

TEST_CASE("What show prints is a chip file that runs identically", "[cli]") {
  const Desk desk;
  for (const std::string chip : {"edu-8x8", "bertha", "rngd"}) {
    desk.put("chip.yaml", require_ok(desk, "show " + chip).out);
    CHECK(
        (report_of(desk, "./chip.yaml gemm:32,48,64") == report_of(desk, chip + " gemm:32,48,64")));
  }
}

TEST_CASE("A changed chip that show prints is the changed chip", "[cli]") {
  const Desk desk;
  const std::string changes = " --set dma.start_cycles=7 --memory lpddr5x-8533:2";
  desk.put("chip.yaml", require_ok(desk, "show edu-8x8" + changes).out);
  const auto changed = nlohmann::json::parse(json_of(desk, "edu-8x8 gemm:32,48,64" + changes));
  const auto shown = nlohmann::json::parse(json_of(desk, "./chip.yaml gemm:32,48,64"));
  for (const char* key : {"cycles", "memory", "energy_j", "queues"})
    CHECK((shown.at(key) == changed.at(key)));
}

TEST_CASE("Every model that is listed is shown with its parameters and sources", "[cli]") {
  const Desk desk;
  for (const std::string model : Json::parse(require_ok(desk, "list models --json").out)) {
    const std::string sheet = require_ok(desk, "show " + model).out;
    for (const char* part : {"\nparameters: ", "\nkv_bytes_per_token: ", "\nvocab_size: ", "  # "})
      CHECK_THAT(sheet, Catch::Contains(part));
  }
}

TEST_CASE("A model whose size is not its name's or the expected one gets a warning", "[cli]") {
  const Desk desk;
  desk.put("tiny-7b.json", kTinyModel);
  for (const std::string command :
       {"show tiny-7b.json", "lower tiny-7b.json --chip rngd -o tiny.npb",
        "show llama-3.1-8b --expect 9B"}) {
    const Outcome outcome = desk.npulse(command);
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.err, Catch::StartsWith("warning: ") && Catch::Contains("parameters"));
  }
  require_ok(desk, "show llama-3.1-8b --expect 8B");
  CHECK(desk.npulse("show llama-3.1-8b --expect many").code == 2);
  CHECK(desk.npulse("show llama-3.1-8b --set layers=1").code == 2);
  CHECK(desk.npulse("show rngd --expect 8B").code == 2);
  CHECK(desk.npulse("run edu-8x8 gemm:8,8,8 --expect 8B").code == 2);
}

TEST_CASE("An estimate is bandwidth over bytes, times the efficiency", "[cli]") {
  const Desk desk;
  const auto rate = [&](const std::string& options) {
    const std::string out =
        require_ok(desk, "estimate llama-3.1-8b --bandwidth 100 " + options).out;
    return std::stod(out.substr(out.find("  estimate") + 10));
  };
  // 7 504 924 672 parameters are read (facts/llm_models.csv), 131 072 bytes a token of context
  CHECK(rate("--context 0 --efficiency 1") == Approx(100e9 / (2 * 7504924672.0)).epsilon(0.01));
  CHECK(rate("--context 1000 --efficiency 0.5 --weights int4g32") ==
        Approx(50e9 / (7504924672.0 * 4.5 / 8 + 131072e3)).epsilon(0.01));
  CHECK(rate("--memory lpddr") > rate("--memory hbm"));
  CHECK(desk.npulse("estimate gemm:8,8,8 --bandwidth 100").code == 2);
  CHECK(desk.npulse("estimate llama-3.1-8b").code == 2);
  CHECK(desk.npulse("estimate llama-3.1-8b --bandwidth -1").code == 2);
  CHECK_THAT(desk.npulse("estimate llama-3.1-8b --bandwidth 1 --memory lpdr").err,
             Catch::Contains("did you mean 'lpddr'?"));
}

TEST_CASE("An estimate in JSON says what its text says", "[cli]") {
  const Desk desk;
  const std::string estimate = "estimate llama-3.1-8b --bandwidth 100 --efficiency 0.5 ";
  const Json json = Json::parse(require_ok(desk, estimate + "--json -").out);
  CHECK(json.at("tokens_per_s").get<double>() ==
        Approx(json.at("peak_tokens_per_s").get<double>() / 2));
  CHECK(json.at("peak_tokens_per_s").get<double>() ==
        Approx(100e9 / (json.at("weight_bytes_per_token").get<double>() +
                        json.at("kv_bytes_per_token").get<double>())));
  const std::string text = require_ok(desk, estimate).out;
  CHECK_THAT(text, Catch::Contains(fmt::format("{:.2f} tokens/s at 50",
                                               json.at("tokens_per_s").get<double>())));
}

TEST_CASE("Options of importers are refused where nothing is imported", "[cli]") {
  const Desk desk;
  for (const char* option : {"--dim batch=2", "--strict"}) {
    const auto result =
        desk.npulse(std::string{"lower gemm:8,8,8 --chip edu-8x8 -o a.npb "} + option);
    CHECK(result.code == 2);
    CHECK_THAT(result.err, Catch::Contains("is not read by an importer"));
    CHECK(desk.npulse(std::string{"run edu-8x8 gemm:8,8,8 "} + option).code == 2);
  }
}

TEST_CASE("Text, binary and lowering on the fly are the same program", "[cli]") {
  const Desk desk;
  require_ok(desk, "lower gemm:24,24,24 --chip edu-8x8 -o a.npb");
  require_ok(desk, "dis a.npb -o b.npt");
  require_ok(desk, "asm b.npt -o c.npb");
  const auto report = [&](const std::string& program) {
    auto json = nlohmann::json::parse(json_of(desk, "edu-8x8 " + program));
    json["program"].erase("name");
    return json;
  };
  const auto direct = report("gemm:24,24,24");
  for (const char* file : {"a.npb", "b.npt", "c.npb"}) CHECK((report(file) == direct));
}

TEST_CASE("The JSON report has the keys that others rely on", "[cli]") {
  const Desk desk;
  const auto report = nlohmann::json::parse(json_of(desk, "edu-8x8 gemm:24,24,24"));
  for (const char* key :
       {"/latency_s", "/cycles", "/energy_j/total", "/energy_j/components", "/memory/bytes_read",
        "/memory/bytes_written", "/memory/bandwidth_bytes_per_s", "/memory/peak_bytes_per_s",
        "/queues/c0.ld/busy_cycles", "/queues/c0.ld/wait_data_cycles",
        "/queues/c0.ld/wait_resource_cycles", "/queues/c0.ld/idle_cycles", "/regions/0/name"}) {
    CHECK(report.contains(nlohmann::json::json_pointer{key}));
  }
}

TEST_CASE("A step's report counts the tokens of all sequences", "[cli]") {
  const Desk desk;
  desk.put("tiny.json", kTinyModel);
  const std::int64_t batch = 3, prompt = 32;
  for (const auto& [phase, tokens] :
       {std::pair{"decode", batch}, std::pair{"prefill", batch * prompt}}) {
    const auto report = report_of(
        desk, std::string{"rngd tiny.json --weights fp8 --batch 3 --context 32 --phase "} + phase);
    const auto& program = report.at("program");
    CHECK(program.at("tokens") == tokens);
    const auto count = static_cast<double>(tokens);
    CHECK(program.at("tokens_per_s").get<double>() ==
          Approx(count / report.at("latency_s").get<double>()));
    const double joules = report.at("energy_j").at("total").get<double>();
    CHECK(program.at("energy_per_token_j").get<double>() == Approx(joules / count).margin(0));
  }
}

TEST_CASE("Two reports are put side by side", "[cli]") {
  const Desk desk;
  require_ok(desk, "run edu-8x8 gemm:24,24,24 --quiet --json a.json");
  require_ok(desk, "run edu-8x8 gemm:24,24,24 --quiet --json b.json --memory lpddr5x-8533:1");
  const std::string text = require_ok(desk, "compare a.json b.json").out;
  for (const char* words : {"latency", "lpddr5-6400", "lpddr5x-8533"})
    CHECK_THAT(text, Catch::Contains(words));
}

TEST_CASE("A comparison is there as JSON, with the ratio of every number", "[cli]") {
  const Desk desk;
  require_ok(desk, "run edu-8x8 gemm:24,24,24 --quiet --json a.json");
  require_ok(desk, "run edu-8x8 gemm:48,24,24 --quiet --json b.json");
  const Json comparison = Json::parse(require_ok(desk, "compare a.json b.json --json -").out);
  const Json a = Json::parse(desk.read("a.json")), b = Json::parse(desk.read("b.json"));
  CHECK(comparison.at("kind") == "run");
  for (const Json& figure : comparison.at("figures")) {
    if (!figure.contains("path")) continue;
    const Json::json_pointer path{figure.at("path").get<std::string>()};
    INFO(figure.dump());
    CHECK(figure.at("a") == a.at(path));
    CHECK(figure.at("b") == b.at(path));
    if (!figure.contains("ratio")) continue;
    CHECK(figure.at("ratio").get<double>() ==
          Approx(b.at(path).get<double>() / a.at(path).get<double>()));
  }
}

TEST_CASE("Parts are listed with their variants", "[cli]") {
  const Desk desk;
  CHECK_THAT(require_ok(desk, "list parts").out, Catch::Contains("@8Gb @16Gb @32Gb @bl32 @8b\n"));
  const Json parts = Json::parse(require_ok(desk, "list parts --json").out);
  for (const Json& part : parts) {
    const std::string name = part.at("name");
    for (const std::string variant : part.at("variants")) {
      CHECK_THAT(require_ok(desk, "show " + name + "@" + variant).out,
                 Catch::Contains(name + "@" + variant));
    }
  }
  const auto lines = require_ok(desk, "list parts").out;
  CHECK(lines_of(lines) == static_cast<std::int64_t>(parts.size()));
}

TEST_CASE("A good program passes the check, and quiet is quiet", "[cli]") {
  const Desk desk;
  desk.put("good.npt", kGood);
  CHECK_THAT(require_ok(desk, "check good.npt").out, Catch::Contains("no errors"));
  CHECK(require_ok(desk, "run edu-8x8 good.npt --quiet").out == "");
}

TEST_CASE("Help is there for every command, with an example", "[cli]") {
  const Desk desk;
  for (const char* command : {"run", "lower", "check", "asm", "dis", "info", "list", "show",
                              "estimate", "compare", "dram", "convert"}) {
    CHECK_THAT(require_ok(desk, std::string{command} + " --help").out, Catch::Contains("Example"));
  }
  CHECK(desk.npulse("").code == 2);
  CHECK_THAT(require_ok(desk, "--help").out, Catch::Contains("usage"));
  CHECK_THAT(require_ok(desk, "list chips").out, Catch::Contains("rngd"));
}
