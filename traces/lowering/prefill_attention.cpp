// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_attention.h"

#include <cmath>

#include "traces/lowering/attention.h"
#include "traces/lowering/instructions.h"
#include "traces/lowering/prefill_blocks.h"
#include "traces/lowering/unfused_attention.h"

namespace npulse::lowering {
namespace {

class PrefillAttention {
 public:
  PrefillAttention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer)
      : plan_{plan},
        job_{plan.job},
        model_{plan.job.model},
        emitter_{emitter},
        layer_{layer},
        rings_{plan.flash_rings},
        attention_{emitter,
                   plan.job.formats,
                   {model_.head_dim, model_.head_dim,
                    plan.online() ? 1 : 1 / std::sqrt(static_cast<double>(model_.head_dim)),
                    plan.online(), rings_.scores, rings_.probabilities}} {}

  void run() {
    emitter_.region("attn.scores");
    for (const FlashItem& item : plan_.items(emitter_.core())) run_item(item);
    attention_.drain();
    store_pending();
    emitter_.end_round(plan_.stored);
  }

 private:
  /// Queries of an item, where its results go, and its heads.
  struct Work {
    FlashItem item;
    Slot queries, results;
    std::vector<AttentionHead> heads;
  };

  void run_item(const FlashItem& item);
  void run_chunk(const Work& work, Range tokens);
  Slot load_queries(const FlashItem& item);
  Slot load_chunk(Address from, std::int64_t tokens);
  void store(const Work& work);
  void store_pending();

  const PrefillPlan& plan_;
  const Job& job_;
  const Transformer& model_;
  Emitter& emitter_;
  std::int64_t layer_;
  FlashRings rings_;
  Attention attention_;
  std::optional<Work>
      unstored_;  ///< All its steps are put; its last result comes with the next step.
  std::int64_t count_ = 0;
};

Slot PrefillAttention::load_queries(const FlashItem& item) {
  const Slot slot = rings_.queries.next();
  emitter_.put(Role::activation, queries_transfer(plan_, item, slot), {slot.free, plan_.stored},
               {slot.full});
  return slot;
}

void PrefillAttention::run_item(const FlashItem& item) {
  Work work{item, load_queries(item), rings_.results.next(), {}};
  const std::int64_t state = AttentionHead::kStateColumns * plan_.flash.rows;
  for (std::int64_t g = 0; g < model_.group(); ++g) {
    const std::int64_t index = count_ % 2 * model_.group() + g;
    work.heads.push_back(
        {rings_.outputs.next(), advance(rings_.state, index * state, job_.formats.state)});
  }
  ++count_;
  const Range visible{0, item.rows.last};
  for (std::int64_t i = 0; i < ceil_div(visible.size(), plan_.flash.chunk); ++i) {
    run_chunk(work, tile_of(visible, plan_.flash.chunk, i));
  }
  unstored_ = std::move(work);
}

Slot PrefillAttention::load_chunk(Address from, std::int64_t tokens) {
  const Slot slot = rings_.kv.next();
  emitter_.put(
      Role::activation,
      transfer(in_spm(slot.address), in_dram(from), {tokens * model_.head_dim}, job_.formats.kv),
      {slot.free, plan_.stored}, {slot.full});
  return slot;
}

void PrefillAttention::run_chunk(const Work& work, Range tokens) {
  emitter_.region("attn.scores");
  const FlashItem& item = work.item;
  const Slot k =
      load_chunk(plan_.cache.key(layer_, item.kv_head, item.sequence, tokens.first), tokens.size());
  const Slot v = load_chunk(plan_.cache.value(layer_, item.kv_head, item.sequence, tokens.first),
                            tokens.size());
  const std::int64_t elements = item.rows.size() * model_.head_dim;
  for (std::int64_t g = 0; g < model_.group(); ++g) {
    const bool last_head = g + 1 == model_.group();
    AttentionStep step;
    step.head = work.heads[static_cast<std::size_t>(g)];
    step.q = advance(work.queries.address, g * elements, job_.formats.activation);
    step.k = k.address;
    step.v = v.address;
    step.rows = item.rows.size();
    step.columns = tokens.size();
    step.first = tokens.first == 0;
    step.last = tokens.last == item.rows.last;
    if (tokens.last - 1 > item.rows.first) step.causal = item.rows.first - tokens.first;
    step.q_ready = {work.queries.full};
    step.k_ready = {k.full};
    step.v_ready = {v.full};
    if (last_head) {
      step.k_done = {k.free};
      step.v_done = {v.free};
      if (step.last) step.q_done = {work.queries.free};
    }
    step.out = advance(work.results.address, g * elements, job_.formats.activation);
    step.out_free = {work.results.free};
    step.out_done = {work.results.full};
    attention_.step(step);
    store_pending();
  }
}

void PrefillAttention::store_pending() {
  if (unstored_) store(*unstored_);
  unstored_.reset();
}

void PrefillAttention::store(const Work& work) {
  emitter_.region("attn.store");
  emitter_.put(Role::store, results_transfer(plan_, work.item, work.results.address),
               {work.results.full}, {work.results.free, plan_.stored});
}

}  // namespace

void run_prefill_attention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer) {
  if (plan.unfused) return run_unfused_attention(plan, emitter, layer);
  PrefillAttention{plan, emitter, layer}.run();
}

}  // namespace npulse::lowering
