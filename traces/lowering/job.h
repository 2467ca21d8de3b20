// SPDX-License-Identifier: Apache-2.0
// What every way of lowering a transformer starts from, and what the driver calls.
#pragma once

#include <cstdint>

#include "traces/lowering/emitter.h"
#include "traces/lowering/formats.h"
#include "traces/lowering/model.h"
#include "traces/lowering/options.h"

namespace npulse::lowering {

/// A transformer, how to run it, on what.
struct Job {
  Transformer model;
  Options options;
  Target target;
  Formats formats;
  LayerRange layers;
  std::uint32_t cores =
      1;  ///< Those that take part: no more than the narrowest matrix has columns.

  bool embeds() const { return layers.first == 0; }
  bool has_head() const { return layers.last == model.layers; }
  /// Whether a layer (0: the first one lowered) has experts, and how many before it have.
  bool routed(std::int64_t layer) const {
    return model.experts && model.experts->routed[static_cast<std::size_t>(layers.first + layer)];
  }
  std::int64_t routed_before(std::int64_t layer) const {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < layer; ++i) count += routed(i) ? 1 : 0;
    return count;
  }
  Bytes residual_bytes(std::int64_t elements) const {
    return isa::bytes_of(elements, formats.residual);
  }
};

/// Checks options against model and target. Throws InputError with every fault.
Job make_job(const Transformer& model, const Options& options, const Target& target);

/// What a run must move and compute, from dimensions and tile counts rather than instructions.
struct Plan {
  Bytes dram_read{}, dram_write{};
  Bytes weights{};  ///< Weight matrices, norms and biases, each once.
  Bytes kv{};       ///< KV cache read and written by attention, each byte once.
  /// Tokens of a block: picks of experts count from its first, [token of block, expert].
  std::int64_t picks_block = 0;
  Bytes scores{};    ///< Of attention, and their softmax: written to memory and read again.
  Bytes expanded{};  ///< Keys and values that a latent prefill makes: written and read by it.
  Bytes kept{};      ///< Tensors that stay in scratchpads: memory neither stores nor loads them.
  std::int64_t macs = 0;
  std::int64_t experts_read = 0;  ///< Whose weights are read, summed over layers.
  std::int64_t tokens = 0;  ///< Went through the model: the prompts', or one of each sequence.
  std::int64_t tokens_produced = 0;  ///< One of each sequence.
};

/// A lowered model before it is written: emit() may be called for every core any number of times.
class Lowering {
 public:
  virtual ~Lowering() = default;
  virtual const EventTable& events() const = 0;
  /// Loads that may be moved ahead of the work they are for.
  virtual std::size_t lookahead() const = 0;
  virtual void emit(Emitter& emitter) const = 0;
  virtual Plan plan() const = 0;
  /// Where functional runs find weights, inputs and results.
  virtual std::vector<isa::TensorDecl> tensors() const { return {}; }
};

}  // namespace npulse::lowering
