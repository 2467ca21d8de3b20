// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/bench.h"

#include <catch2/catch.hpp>

#include "tests/traces/lowering/executor.h"
#include "tests/traces/lowering/machine.h"
#include "traces/lowering/decode.h"
#include "traces/lowering/embedding.h"
#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill.h"
#include "traces/lowering/routing.h"

namespace npulse::test {

using namespace npulse::lowering;

void require_equal(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    INFO("element " << i);
    REQUIRE(got[i] == Approx(expected[i]).epsilon(1e-9).margin(1e-9));
  }
}

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

namespace {

/// A model, the machine it runs on, and where lowering wants things.
struct Bench {
  Job job;
  ReferenceModel model;
  Machine machine;

  Bench(const Transformer& dims, const Options& options, const Target& target)
      : job{make_job(dims, options, target)}, model{dims, 5}, machine{target.cores} {
    model.choice = options.experts;
    model.tokens = options.batch * (options.phase == Phase::prefill ? options.context : 1);
  }

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
  void fill_feed_forward(const Layout& layout, std::int64_t layer) {
    const ReferenceLayer& weights = model.layers[static_cast<std::size_t>(layer)];
    const std::int64_t routed = job.routed_before(layer), dense = layer - routed;
    if (!job.routed(layer)) {
      fill_linear(layout.matrix(Matrix::gate_up), dense, {&weights.ffn.gate, &weights.ffn.up});
      fill_linear(layout.matrix(Matrix::down), dense, {&weights.ffn.down});
      return;
    }
    const ReferenceExperts& mixture = weights.mixture;
    const std::int64_t count = job.model.experts->count;
    fill_linear(layout.matrix(Matrix::router), routed, {&mixture.router});
    for (std::int64_t e = 0; e < count; ++e) {
      const ReferenceFfn& ffn = mixture.experts[static_cast<std::size_t>(e)];
      fill_linear(layout.matrix(Matrix::expert_gate_up), routed * count + e, {&ffn.gate, &ffn.up});
      fill_linear(layout.matrix(Matrix::expert_down), routed * count + e, {&ffn.down});
    }
    const ReferenceFfn& shared = mixture.shared;
    fill_linear(layout.matrix(Matrix::shared_gate_up), routed, {&shared.gate, &shared.up});
    fill_linear(layout.matrix(Matrix::shared_down), routed, {&shared.down});
    if (job.model.experts->score_bias) {
      fill(advance(layout.memory.score_biases, routed * count, job.formats.residual),
           mixture.score_bias.values);
    }
    std::int64_t block = job.options.batch;
    if constexpr (std::is_same_v<Layout, PrefillPlan>) block = layout.combine.block_rows;
    fill_picks(layout.memory.picks, layer, routed, block);
  }

  /// Where each token's experts are in [token, expert] of its block of tokens.
  void fill_picks(Address at, std::int64_t layer, std::int64_t routed, std::int64_t block) {
    const Experts& experts = *job.model.experts;
    std::vector<double> picks(static_cast<std::size_t>(model.tokens * experts.per_token));
    for (const Visit& visit : route(experts, model.choice, layer, model.tokens)) {
      for (const Seat& seat : visit.seats) {
        picks[static_cast<std::size_t>(seat.token * experts.per_token + seat.rank)] =
            static_cast<double>(seat.token % block * experts.count + visit.expert);
      }
    }
    const auto before = routed * model.tokens * experts.per_token;
    machine.fill(advance(at, before, isa::DataType::i32), picks, isa::DataType::i32);
  }

  /// [nope_dim, head * kv_rank] becomes [kv_rank, head * nope_dim].
  Matrix2 by_latent(const Matrix2& k_up) const {
    const std::int64_t nope = k_up.rows, rank = job.model.latent->kv_rank, heads = job.model.heads;
    Matrix2 out{rank, heads * nope, std::vector<double>(k_up.values.size())};
    for (std::int64_t h = 0; h < heads; ++h) {
      for (std::int64_t j = 0; j < nope; ++j) {
        for (std::int64_t r = 0; r < rank; ++r) out.at(r, h * nope + j) = k_up.at(j, h * rank + r);
      }
    }
    return out;
  }

  template <class Layout>
  void fill_latent(const Layout& layout, std::int64_t layer) {
    const ReferenceLatent& latent = model.layers[static_cast<std::size_t>(layer)].latent;
    fill_linear(layout.matrix(Matrix::q_down), layer, {&latent.q_down});
    fill_linear(layout.matrix(Matrix::kv_down), layer, {&latent.kv_down});
    fill_linear(layout.matrix(Matrix::q_nope), layer, {&latent.q_nope});
    fill_linear(layout.matrix(Matrix::q_rope), layer, {&latent.q_rope});
    const Matrix2 to_keys = by_latent(latent.k_up);
    const bool absorbed = job.options.phase == Phase::decode;
    fill_linear(layout.matrix(Matrix::k_up), layer, {absorbed ? &latent.k_up : &to_keys});
    fill_linear(layout.matrix(Matrix::v_up), layer, {&latent.v_up});
    std::vector<double> norms;
    if (job.model.latent->q_rank) norms = latent.q_norm.values;
    norms.insert(norms.end(), latent.kv_norm.values.begin(), latent.kv_norm.values.end());
    const auto before = layer * static_cast<std::int64_t>(norms.size());
    fill(advance(layout.memory.latent_norms, before, job.formats.residual), norms);
  }

  template <class Layout>
  void fill_weights(const Layout& layout) {
    const auto& memory = layout.memory;
    std::vector<double> norms, biases, head_norms;
    const auto append = [](std::vector<double>& to, const Matrix2& from) {
      to.insert(to.end(), from.values.begin(), from.values.end());
    };
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      const ReferenceLayer& layer = model.layers[i];
      const auto index = static_cast<std::int64_t>(i);
      fill_linear(layout.matrix(Matrix::qkv), index, {&layer.qkv});
      fill_linear(layout.matrix(Matrix::out), index, {&layer.out});
      fill_feed_forward(layout, index);
      if (job.model.latent) fill_latent(layout, index);
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
    const auto out = execute(program, job.target, job.target.queue_depth, 11,
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

/// What is kept of a token in one layer, of all heads.
ReferenceCache empty_cache(const Transformer& dims) {
  if (const auto& latent = dims.latent)
    return {{0, latent->kv_rank, {}}, {0, latent->rope_dim, {}}};
  return {{0, dims.kv_width(), {}}, {0, dims.kv_width(), {}}};
}

/// Each token of the cache in memory, written or compared.
template <class F>
void for_each_token(const KvCache& cache, const Transformer& dims, std::int64_t layer,
                    std::int64_t sequence, const ReferenceCache& values, F&& f) {
  const std::int64_t heads = dims.latent ? 1 : dims.kv_heads;
  for (std::int64_t head = 0; head < heads; ++head) {
    for (std::int64_t token = 0; token < values.keys.rows; ++token) {
      f(cache.key(layer, head, sequence, token),
        head_row(values.keys, token, head, values.keys.columns / heads));
      f(cache.value(layer, head, sequence, token),
        head_row(values.values, token, head, values.values.columns / heads));
    }
  }
}

using Caches = std::vector<std::vector<ReferenceCache>>;  ///< By sequence and layer.

template <class Layout>
void require_caches(Bench& bench, const Layout& layout, const Caches& caches) {
  const isa::DataType type = bench.job.formats.kv;
  for (std::size_t s = 0; s < caches.size(); ++s) {
    for (std::size_t l = 0; l < caches[s].size(); ++l) {
      for_each_token(layout.cache, bench.job.model, static_cast<std::int64_t>(l),
                     static_cast<std::int64_t>(s), caches[s][l],
                     [&](Address at, const std::vector<double>& row) {
                       const auto count = static_cast<std::int64_t>(row.size());
                       require_equal(bench.machine.read(at, count, type), row);
                     });
    }
  }
}

}  // namespace

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
      const ReferenceCache widths = empty_cache(dims);
      caches[s].push_back({random_matrix(random, options.context, widths.keys.columns),
                           random_matrix(random, options.context, widths.values.columns)});
      for_each_token(layout.cache, dims, l, static_cast<std::int64_t>(s), caches[s].back(),
                     [&](Address at, const std::vector<double>& row) {
                       bench.machine.fill(at, row, bench.job.formats.kv);
                     });
    }
  }
  bench.run();
  for (std::int64_t s = 0; s < options.batch; ++s) {
    auto& cache = caches[static_cast<std::size_t>(s)];
    bench.require_logits(layout.memory.logits, s, bench.model.run(bench.embedded(s, 1), cache, s));
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
    cache.assign(static_cast<std::size_t>(dims.layers), empty_cache(dims));
    const Matrix2 prompt = bench.embedded(s * options.context, options.context);
    bench.require_logits(layout.memory.logits, s,
                         bench.model.run(prompt, cache, s * options.context));
  }
  require_caches(bench, layout, caches);
}

Transformer uneven_model() {
  Transformer m = small_model();
  m.hidden = 44;
  m.ffn = 75;
  m.heads = 6;
  m.kv_heads = 3;
  m.head_dim = 10;
  m.vocab = 61;
  m.qkv_bias = true;
  return m;
}

Target small_target(std::uint32_t cores, std::int64_t acc_bytes) {
  Target target = large_target();
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

}  // namespace npulse::test
