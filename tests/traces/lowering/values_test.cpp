// SPDX-License-Identifier: Apache-2.0
// Lowered programs compute what the model means: executed on values, in random legal orders, they
// give the reference's numbers.
#include <catch2/catch.hpp>

#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/machine.h"
#include "tests/traces/lowering/reference_model.h"
#include "tests/traces/lowering/targets.h"
#include "traces/lowering/decode.h"
#include "traces/lowering/embedding.h"
#include "traces/lowering/gemm.h"
#include "traces/lowering/prefill.h"

using namespace npulse;
using namespace npulse::lowering;
using test::Matrix2;
using test::ReferenceModel;

namespace {

void require_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("element " << i);
    REQUIRE(got[i] == Approx(expected[i]).epsilon(1e-9).margin(1e-9));
  }
}

/// Columns of the parts, one part behind the other, as a tile holds them.
std::vector<double> tile_values(const std::vector<const Matrix2*>& parts, Range rows, Range columns,
                                bool coded) {
  std::vector<double> values;
  for (const Matrix2* part : parts) {
    const Range outer = coded ? columns : rows, inner = coded ? rows : columns;
    for (std::int64_t i = outer.first; i < outer.last; ++i) {
      for (std::int64_t j = inner.first; j < inner.last; ++j) {
        values.push_back(coded ? part->at(j, i) : part->at(i, j));
      }
    }
  }
  return values;
}

/// A model, the machine it runs on, and where lowering wants things.
struct Bench {
  Job job;
  ReferenceModel model;
  test::Machine machine;

  Bench(const Transformer& dims, const Options& options, const Target& target)
      : job{make_job(dims, options, target)}, model{dims, 5}, machine{target.cores} {}

  void fill(Address at, const std::vector<double>& values) {
    machine.fill(at, values, job.formats.residual);
  }

  void fill_linear(const Linear& linear, std::int64_t layer,
                   const std::vector<const Matrix2*>& parts) {
    const bool coded = job.formats.coded();
    for (std::uint32_t core = 0; core < job.cores; ++core) {
      for (std::int64_t i = 0; i < linear.tiles(core); ++i) {
        const auto values = tile_values(parts, {0, linear.shape().k}, linear.tile(core, i), coded);
        const Address at = linear.address(layer, core, i);
        if (coded) {
          machine.fill_coded(at, values);
        } else {
          machine.fill(at, values, job.formats.weight);
        }
      }
    }
  }

  template <class Layout>
  void fill_weights(const Layout& layout) {
    const auto& memory = layout.memory;
    std::vector<double> norms, biases, head_norms;
    const auto append = [](std::vector<double>& to, const Matrix2& from) {
      to.insert(to.end(), from.values.begin(), from.values.end());
    };
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const test::ReferenceLayer& layer = model.layers[i];
      const auto index = static_cast<std::int64_t>(i);
      fill_linear(layout.matrix(Matrix::qkv), index, {&layer.qkv});
      fill_linear(layout.matrix(Matrix::out), index, {&layer.out});
      fill_linear(layout.matrix(Matrix::gate_up), index, {&layer.gate, &layer.up});
      fill_linear(layout.matrix(Matrix::down), index, {&layer.down});
      append(norms, layer.attention_norm);
      append(norms, layer.mlp_norm);
      append(biases, layer.bias);
      append(head_norms, layer.query_norm);
      append(head_norms, layer.key_norm);
    }
    append(norms, model.final_norm);
    fill_linear(layout.matrix(Matrix::head), 0, {&model.head});
    fill(memory.norms, norms);
    fill(memory.embedding, model.embedding.values);
    if (job.model.qkv_bias) fill(memory.biases, biases);
    if (job.model.qk_norm) fill(memory.head_norms, head_norms);
  }

  void run() {
    isa::MemoryProgram program;
    lower(job.model, job.options, job.target, program);
    const auto out = test::execute(program, job.target, job.target.queue_depth, 11,
                                   [&](std::uint32_t core, const isa::Instruction& instruction) {
                                     machine.execute(core, instruction);
                                   });
    REQUIRE(out.faults == std::vector<std::string>{});
  }

  Matrix2 embedded(std::int64_t first, std::int64_t count) const {
    Matrix2 x{count, job.model.hidden, {}};
    for (std::int64_t t = first; t < first + count; ++t) {
      const auto row = model.embedding.row(row_of_token(t, job.model.vocab));
      x.values.insert(x.values.end(), row.begin(), row.end());
    }
    return x;
  }

  void require_logits(Address logits, std::int64_t sequence, const std::vector<double>& expected) {
    const std::int64_t vocab = job.model.vocab;
    const auto offset = static_cast<Address>(job.residual_bytes(sequence * vocab).count());
    require_equal(machine.read(logits + offset, vocab, job.formats.residual), expected);
  }
};

/// The head's columns of one token's row.
std::vector<double> head_row(const Matrix2& m, std::int64_t token, std::int64_t head,
                             std::int64_t width) {
  const auto row = m.row(token);
  const auto from = row.begin() + static_cast<std::ptrdiff_t>(head * width);
  return {from, from + static_cast<std::ptrdiff_t>(width)};
}

/// Each token of the cache in memory, written or compared.
template <class F>
void for_each_token(const KvCache& cache, const Transformer& dims, std::int64_t layer,
                    std::int64_t sequence, const test::ReferenceCache& values, F&& f) {
  for (std::int64_t head = 0; head < dims.kv_heads; ++head) {
    for (std::int64_t token = 0; token < values.keys.rows; ++token) {
      f(cache.key(layer, head, sequence, token), head_row(values.keys, token, head, dims.head_dim));
      f(cache.value(layer, head, sequence, token),
        head_row(values.values, token, head, dims.head_dim));
    }
  }
}

using Caches = std::vector<std::vector<test::ReferenceCache>>;  ///< By sequence and layer.

template <class Layout>
void require_caches(Bench& bench, const Layout& layout, const Caches& caches) {
  const isa::DataType type = bench.job.formats.kv;
  for (std::size_t s = 0; s < caches.size(); ++s) {
    for (std::size_t l = 0; l < caches[s].size(); ++l) {
      for_each_token(layout.cache, bench.job.model, static_cast<std::int64_t>(l),
                     static_cast<std::int64_t>(s), caches[s][l],
                     [&](Address at, const std::vector<double>& row) {
                       require_equal(bench.machine.read(at, bench.job.model.head_dim, type), row);
                     });
    }
  }
}

void check_decode(const Transformer& dims, const Options& options, const Target& target) {
  Bench bench{dims, options, target};
  const DecodeLowering lowering{bench.job};
  const DecodePlan& layout = lowering.layout();
  bench.fill_weights(layout);
  bench.fill(layout.memory.rotation, bench.model.rotation(options.context));
  std::mt19937_64 random{3};
  Caches caches(static_cast<std::size_t>(options.batch));
  for (std::size_t s = 0; s < caches.size(); ++s) {
    for (std::int64_t l = 0; l < dims.layers; ++l) {
      caches[s].push_back({test::random_matrix(random, options.context, dims.kv_width()),
                           test::random_matrix(random, options.context, dims.kv_width())});
      for_each_token(layout.cache, dims, l, static_cast<std::int64_t>(s), caches[s].back(),
                     [&](Address at, const std::vector<double>& row) {
                       bench.machine.fill(at, row, bench.job.formats.kv);
                     });
    }
  }
  bench.run();
  for (std::int64_t s = 0; s < options.batch; ++s) {
    auto& cache = caches[static_cast<std::size_t>(s)];
    bench.require_logits(layout.memory.logits, s, bench.model.run(bench.embedded(s, 1), cache));
  }
  require_caches(bench, layout, caches);
}

void check_prefill(const Transformer& dims, const Options& options, const Target& target) {
  Bench bench{dims, options, target};
  const PrefillLowering lowering{bench.job};
  const PrefillPlan& layout = lowering.layout();
  bench.fill_weights(layout);
  std::vector<double> rotations;
  for (std::int64_t t = 0; t < options.context; ++t) {
    const auto row = bench.model.rotation(t);
    rotations.insert(rotations.end(), row.begin(), row.end());
  }
  bench.fill(layout.memory.rotation, rotations);
  bench.run();
  Caches caches(static_cast<std::size_t>(options.batch));
  for (std::int64_t s = 0; s < options.batch; ++s) {
    auto& cache = caches[static_cast<std::size_t>(s)];
    cache.assign(static_cast<std::size_t>(dims.layers),
                 {{0, dims.kv_width(), {}}, {0, dims.kv_width(), {}}});
    const Matrix2 prompt = bench.embedded(s * options.context, options.context);
    bench.require_logits(layout.memory.logits, s, bench.model.run(prompt, cache));
  }
  require_caches(bench, layout, caches);
}

Transformer uneven_model() {
  Transformer m = test::small_model();
  m.hidden = 44;
  m.ffn = 75;
  m.heads = 6;
  m.kv_heads = 3;
  m.head_dim = 10;
  m.vocab = 61;
  m.qkv_bias = true;
  return m;
}

/// As Qwen3: each head of q and k has its norm.
Transformer normed_model(bool with_bias) {
  Transformer m = uneven_model();
  m.qk_norm = true;
  m.qkv_bias = with_bias;
  return m;
}

Target small_target(std::uint32_t cores, std::int64_t acc_bytes) {
  Target target = test::large_target();
  target.cores = cores;
  target.spm_bytes = Bytes{48 << 10};
  target.acc_bytes = Bytes{acc_bytes};
  target.queue_depth = 4;
  return target;
}

Options options_of(Phase phase, std::int64_t batch, std::int64_t context, WeightFormat weights) {
  Options options;
  options.phase = phase;
  options.batch = batch;
  options.context = context;
  options.weights = weights;
  return options;
}

}  // namespace

TEST_CASE("A decode step gives the model's logits and appends its keys and values", "[lowering]") {
  const auto options = [](std::int64_t batch, std::int64_t context, WeightFormat weights) {
    return options_of(Phase::decode, batch, context, weights);
  };
  check_decode(test::small_model(), options(1, 20, WeightFormat::bf16), small_target(8, 32 << 10));
  check_decode(test::small_model(), options(2, 0, WeightFormat::fp8), small_target(8, 32 << 10));
  check_decode(uneven_model(), options(5, 33, WeightFormat::fp8), small_target(7, 8 << 10));
  check_decode(uneven_model(), options(3, 17, WeightFormat::int4g128), small_target(4, 8 << 10));
  check_decode(test::small_model(), options(2, 9, WeightFormat::int8), test::tiny_target());
}

TEST_CASE("A decode step with a context in several chunks gives the same logits", "[lowering]") {
  const Options options = options_of(Phase::decode, 2, 150, WeightFormat::bf16);
  const Target target = small_target(2, 512);
  const DecodeLowering lowering{make_job(uneven_model(), options, target)};
  REQUIRE(lowering.layout().chunk * 3 < options.context);
  check_decode(uneven_model(), options, target);
}

TEST_CASE("A prefill gives the logits of the last tokens and fills the cache", "[lowering]") {
  const auto options = [](std::int64_t batch, std::int64_t context, WeightFormat weights) {
    return options_of(Phase::prefill, batch, context, weights);
  };
  check_prefill(test::small_model(), options(1, 20, WeightFormat::bf16), small_target(8, 32 << 10));
  check_prefill(uneven_model(), options(3, 21, WeightFormat::fp8), small_target(7, 8 << 10));
  check_prefill(uneven_model(), options(2, 13, WeightFormat::awq3g128), small_target(4, 8 << 10));
  check_prefill(test::small_model(), options(2, 1, WeightFormat::int8), test::tiny_target());
}

TEST_CASE("Norms of the heads of q and k come before the rotation, with and without a bias",
          "[lowering]") {
  for (const bool with_bias : {false, true}) {
    for (const std::uint32_t cores : {1U, 4U, 9U}) {
      CAPTURE(with_bias, cores);
      const Transformer dims = normed_model(with_bias);
      const Target target = small_target(cores, 8 << 10);
      check_decode(dims, options_of(Phase::decode, 3, 17, WeightFormat::bf16), target);
      check_prefill(dims, options_of(Phase::prefill, 2, 21, WeightFormat::bf16), target);
    }
  }
}

TEST_CASE("A prefill with attention in several chunks gives the same logits", "[lowering]") {
  const Options options = options_of(Phase::prefill, 2, 120, WeightFormat::bf16);
  const Target target = small_target(3, 2 << 10);
  const PrefillLowering lowering{make_job(uneven_model(), options, target)};
  REQUIRE(lowering.layout().flash.chunk * 2 < options.context);
  REQUIRE(lowering.layout().flash.rows > 1);
  check_prefill(uneven_model(), options, target);
}

TEST_CASE("A matrix product in memory is the product, whatever the tiles", "[lowering]") {
  std::mt19937_64 random{17};
  for (int i = 0; i < 24; ++i) {
    const auto extent = [&] { return static_cast<std::int64_t>(random() % 60 + 1); };
    const Gemm gemm{extent(), extent(), extent()};
    Target target =
        small_target(static_cast<std::uint32_t>(1 + random() % 4), 256 << (random() % 5));
    target.spm_bytes = Bytes{1 << (10 + random() % 4)};
    Options options;
    options.weights = i % 3 ? WeightFormat::bf16 : WeightFormat::int4g128;
    const Formats formats = settle_formats(options, target);
    const GemmLowering lowering{gemm, formats, target};
    const GemmPlan& layout = lowering.layout();
    const Matrix2 a = test::random_matrix(random, gemm.m, gemm.k);
    const Matrix2 b = test::random_matrix(random, gemm.k, gemm.n);

    test::Machine machine{target.cores};
    machine.fill(layout.a_base, a.values, formats.activation);
    for (std::size_t c = 0; c < layout.tiling.columns.size(); ++c) {
      const Range columns = layout.tiling.columns[c];
      for (std::int64_t t = 0; t < ceil_div(columns.size(), layout.tiling.n); ++t) {
        for (std::int64_t k = 0; k < layout.tiling.k_chunks(gemm); ++k) {
          const auto values = tile_values({&b}, tile_of({0, gemm.k}, layout.tiling.k, k),
                                          tile_of(columns, layout.tiling.n, t), formats.coded());
          const Address at = layout.b_tile(c, t) + static_cast<Address>(k * layout.b_stride);
          formats.coded() ? machine.fill_coded(at, values)
                          : machine.fill(at, values, formats.weight);
        }
      }
    }
    isa::MemoryProgram program;
    lower(gemm, options, target, program);
    test::execute(program, target, target.queue_depth, random(),
                  [&](std::uint32_t core, const isa::Instruction& instruction) {
                    machine.execute(core, instruction);
                  });
    INFO(name_of(gemm));
    require_equal(machine.read(layout.c_base, gemm.m * gemm.n, formats.residual),
                  test::product(a, b).values);
  }
}
