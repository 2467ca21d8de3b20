// SPDX-License-Identifier: Apache-2.0
// Who visits which expert, and what of that reaches memory traffic.
#include "traces/lowering/routing.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "tests/support/temp_dir.h"
#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/sparse_models.h"

using namespace npulse;
using namespace npulse::lowering;

namespace {

Experts experts_of(std::int64_t count, std::int64_t per_token) {
  Experts experts;
  experts.count = count;
  experts.per_token = per_token;
  return experts;
}

std::int64_t seats(const Routing& routing) {
  std::int64_t sum = 0;
  for (const Visit& visit : routing) sum += visit.count();
  return sum;
}

/// Every token visits per_token different experts, each rank once.
void require_whole(const Experts& experts, const Routing& routing, std::int64_t tokens) {
  std::set<std::pair<std::int64_t, std::int64_t>> ranks, visits;
  std::int64_t before = 0, last = -1;
  for (const Visit& visit : routing) {
    REQUIRE(visit.before == before);
    REQUIRE(visit.expert > last);
    REQUIRE(visit.expert < experts.count);
    for (const Seat& seat : visit.seats) {
      REQUIRE(ranks.emplace(seat.token, seat.rank).second);
      REQUIRE(visits.emplace(seat.token, visit.expert).second);
      REQUIRE((seat.token < tokens && seat.rank < experts.per_token));
    }
    last = visit.expert;
    before += visit.count();
  }
  REQUIRE(before == tokens * experts.per_token);
}

std::int64_t meta(const isa::Program& program, const char* key) {
  return std::stoll(program.header().meta.at(key));
}

isa::MemoryProgram lowered(const Transformer& model, const Options& options) {
  isa::MemoryProgram program;
  lower(model, options, test::large_target(), program);
  return program;
}

Options decode(std::int64_t batch, std::int64_t context = 32) {
  return test::options_of(Phase::decode, batch, context, WeightFormat::fp8);
}

}  // namespace

TEST_CASE("Every token visits as many different experts as it should, however they are chosen",
          "[lowering]") {
  for (const auto& [count, per_token] : {std::pair{8, 2}, {128, 8}, {5, 5}, {7, 1}}) {
    const Experts experts = experts_of(count, per_token);
    for (std::int64_t tokens = 1; tokens <= 40; tokens += 3) {
      for (std::int64_t layer = 0; layer < 4; ++layer) {
        CAPTURE(count, per_token, tokens, layer);
        require_whole(experts, route(experts, BalancedChoice{}, layer, tokens), tokens);
        require_whole(experts, route(experts, SeededChoice{3}, layer, tokens), tokens);
      }
    }
  }
}

TEST_CASE("Balanced choices hit the expected number of experts, evenly", "[lowering]") {
  const Experts experts = experts_of(128, 8);
  for (const std::int64_t tokens : {1, 2, 7, 16, 64, 300}) {
    CAPTURE(tokens);
    const double missed = std::pow(1 - 8.0 / 128, static_cast<double>(tokens));
    CHECK(expected_experts(experts, tokens) == Approx(128 * (1 - missed)));
    std::int64_t hit = 0;
    for (std::int64_t layer = 0; layer < 48; ++layer) {
      const Routing routing = route(experts, BalancedChoice{}, layer, tokens);
      hit += static_cast<std::int64_t>(routing.size());
      for (const Visit& visit : routing) {
        CHECK(std::abs(visit.count() * static_cast<std::int64_t>(routing.size()) - seats(routing)) <
              static_cast<std::int64_t>(routing.size()));
      }
    }
    CHECK(std::abs(static_cast<double>(hit) - 48 * expected_experts(experts, tokens)) < 1);
  }
}

TEST_CASE("Seeded choices hit as many experts as expected on average, and repeat", "[lowering]") {
  const Experts experts = experts_of(64, 6);
  double hit = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    hit += static_cast<double>(route(experts, SeededChoice{seed}, 1, 12).size()) / 200;
  }
  CHECK(hit == Approx(expected_experts(experts, 12)).epsilon(0.01));
  const auto first = [&](std::uint64_t seed, std::int64_t layer) {
    return route(experts, SeededChoice{seed}, layer, 12).front().seats.front().token;
  };
  CHECK(first(4, 2) == first(4, 2));
  bool differs = false;
  for (std::int64_t layer = 0; layer < 9; ++layer) differs |= first(4, layer) != first(5, layer);
  CHECK(differs);
}

TEST_CASE("Of a mixture only the weights of experts that someone visits are read", "[lowering]") {
  Transformer model = test::mixture_model();
  const std::int64_t one = 3 * model.hidden * model.experts->ffn;  // fp8: a byte each
  const auto read = [&](const ChoiceTable& table, std::int64_t batch) {
    Options options = decode(batch);
    options.experts = table;
    const isa::MemoryProgram program = lowered(model, options);
    const auto out = test::execute(program, test::large_target(), 64, 1);
    REQUIRE(out.faults == std::vector<std::string>{});
    CHECK(out.dram_read == meta(program, "plan.dram_read_bytes"));
    return out.dram_read;
  };
  const std::vector<std::vector<std::int64_t>> together(4, {0, 1, 2});
  const std::vector<std::vector<std::int64_t>> apart{{0, 1, 2}, {3, 4, 5}, {6, 0, 1}, {2, 3, 4}};
  const auto before = read({{0, together}, {1, together}}, 4);
  CHECK(read({{0, together}, {1, apart}}, 4) == before + 4 * one);
  CHECK(read({{0, apart}, {1, apart}}, 4) == before + 8 * one);
}

TEST_CASE(
    "Weights read in a decode step are the active ones at batch 1, all of them at a large one",
    "[lowering]") {
  for (const char* name : {"mixtral-8x7b", "qwen3-30b-a3b"}) {
    CAPTURE(name);
    const auto model = std::get<Transformer>(load_model(name, test::models_folder()));
    const auto weights = [&](std::int64_t batch) {
      return static_cast<double>(meta(lowered(model, decode(batch, 128)), "plan.weight_bytes"));
    };
    const auto embedding = static_cast<double>(model.embedding_parameters());
    CHECK(weights(1) == Approx(static_cast<double>(model.active_parameters()) - embedding)
                            .epsilon(1e-3));  // norms have 2 bytes
    if (model.experts->count > 8) continue;
    CHECK(weights(64) == Approx(static_cast<double>(model.parameters()) - embedding).epsilon(1e-3));
  }
}

TEST_CASE("Latent attention reads one vector a token and group of heads, as few as fill the cores",
          "[lowering]") {
  const auto model = std::get<Transformer>(load_model("deepseek-v3", test::models_folder()));
  const std::int64_t token = model.latent->kv_rank + model.latent->rope_dim, context = 500;
  const auto kv_bytes = [&](std::int64_t batch, Bytes acc) {
    Target target = test::large_target();
    target.acc_bytes = acc;
    Options options = decode(batch, context);
    options.layers = LayerRange{2, 3};
    isa::MemoryProgram program;
    lower(model, options, target, program);
    return meta(program, "plan.kv_bytes");
  };
  const auto expected = [&](std::int64_t batch, std::int64_t groups) {
    return token * batch * (groups * context + 1);
  };
  const Bytes enough = test::large_target().acc_bytes, half{enough.count() / 2};
  for (const auto& [batch, groups] : {std::pair{1, 8}, {2, 4}, {3, 4}, {8, 1}, {16, 1}}) {
    CAPTURE(batch);
    CHECK(kv_bytes(batch, enough) == expected(batch, groups));
  }
  CHECK(kv_bytes(8, half) == expected(8, 2));  // outputs of 128 heads do not fit
}

TEST_CASE("A choice of experts is read as it is written, and faults are named", "[lowering]") {
  CHECK(std::holds_alternative<BalancedChoice>(parse_expert_choice("balanced")));
  CHECK(std::get<SeededChoice>(parse_expert_choice("seed:42")).seed == 42);
  const tests::TempDir folder;
  const auto parse_file = [&](const std::string& text) {
    tests::write_file(folder / "choice.json", text);
    return parse_expert_choice(folder / "choice.json");
  };
  const auto table = std::get<ChoiceTable>(parse_file(R"({"1": [[0, 2], [1, 3]], "0": [[3, 1]]})"));
  CHECK(table == ChoiceTable{{1, {{0, 2}, {1, 3}}}, {0, {{3, 1}}}});
  CHECK_THROWS_WITH(parse_expert_choice("seed:x"), Catch::Contains("no whole number"));
  CHECK_THROWS_WITH(parse_expert_choice("even"), Catch::Contains("neither 'balanced'"));
  for (const char* wrong : {"[1]", "{\"a\": []}", "{\"0\": 3}", "{\"0\": [[0.5]]}", "{\"0\": ["}) {
    CHECK_THROWS_AS(parse_file(wrong), InputError);
  }
}

TEST_CASE("A given choice must have what the lowered layers need", "[lowering]") {
  const Transformer model = test::mixture_model();
  const auto fault = [&](const ChoiceTable& table) {
    Options options = decode(2);
    options.experts = table;
    try {
      lowered(model, options);
    } catch (const InputError& error) {
      return std::string{error.what()};
    }
    return std::string{};
  };
  const std::vector<std::vector<std::int64_t>> good{{0, 1, 2}, {4, 5, 6}};
  CHECK(fault({{0, good}, {1, good}}).empty());
  CHECK_THAT(fault({{0, good}}), Catch::Contains("layer 1 has choices for 0 tokens"));
  for (const auto& wrong : {std::vector<std::int64_t>{0, 1}, {0, 1, 1}, {0, 1, 7}, {-1, 1, 2}}) {
    CHECK_THAT(fault({{0, good}, {1, {good[0], wrong}}}), Catch::Contains("layer 1, token 1"));
  }
}
