// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/flash_attention.h"

#include "traces/lowering/instructions.h"

namespace npulse::lowering {
namespace {

class FlashAttention {
 public:
  FlashAttention(const FlashWork& work, Emitter& emitter)
      : work_{work},
        shape_{work.job.shape},
        formats_{work.job.formats},
        emitter_{emitter},
        rings_{work.rings},
        attention_{emitter, work.job.formats, setup()} {}

  void run() {
    for (const FlashItem& item :
         deal_items(shape_, work_.tiling.rows, work_.job.cores, emitter_.core())) {
      run_item(item);
    }
    attention_.drain();
    store_pending();
  }

 private:
  /// Queries of an item, where its results go, and its heads.
  struct Block {
    FlashItem item;
    Slot queries, results;
    std::vector<AttentionHead> heads;
  };

  AttentionSetup setup() const {
    AttentionSetup setup;
    setup.head_dim = shape_.nope_width();
    setup.rope_dim = shape_.rope_width;
    setup.value_dim = shape_.value_width;
    setup.scale = work_.scale;
    setup.online = work_.tiling.chunk < shape_.tokens;
    setup.scores = work_.rings.scores;
    setup.probabilities = work_.rings.probabilities;
    setup.regions = work_.regions;
    if (work_.mask) setup.mask = work_.mask_kind;
    return setup;
  }

  void run_item(const FlashItem& item);
  void run_chunk(const Block& block, Range tokens);
  AttentionStep step_of(const Block& block, std::int64_t head, Range tokens) const;
  void load(const isa::Dma& dma, const Slot& slot) {
    emitter_.put(Role::activation, dma, {slot.free, work_.stored}, {slot.full});
  }
  Slot load_queries(const FlashItem& item);
  Slot load_keys(const FlashItem& item, Range tokens);
  Slot load_values(const FlashItem& item, Range tokens);
  void load_mask(AttentionStep& step, const FlashItem& item, std::int64_t head, Range tokens);
  void store_pending();

  const FlashWork& work_;
  const AttentionShape& shape_;
  const Formats& formats_;
  Emitter& emitter_;
  FlashRings rings_;
  Attention attention_;
  std::optional<Block>
      unstored_;  ///< All its steps are put; its last result comes with the next step.
  std::int64_t count_ = 0;
};

Slot FlashAttention::load_queries(const FlashItem& item) {
  const Slot slot = rings_.queries.next();
  for (const isa::Dma& dma : work_.queries(item, slot.address)) load(dma, slot);
  return slot;
}

void FlashAttention::run_item(const FlashItem& item) {
  emitter_.region(work_.regions.scores);
  Block block{item, load_queries(item), rings_.results.next(), {}};
  const std::int64_t state = AttentionHead::kStateColumns * work_.tiling.rows;
  for (std::int64_t g = 0; g < shape_.group(); ++g) {
    const std::int64_t index = count_ % 2 * shape_.group() + g;
    block.heads.push_back(
        {rings_.outputs.next(), advance(rings_.state, index * state, formats_.state)});
  }
  ++count_;
  const Range visible{0, shape_.seen(item.rows.last)};
  for (std::int64_t i = 0; i < ceil_div(visible.size(), work_.tiling.chunk); ++i) {
    run_chunk(block, tile_of(visible, work_.tiling.chunk, i));
  }
  unstored_ = std::move(block);
}

Slot FlashAttention::load_keys(const FlashItem& item, Range tokens) {
  const Slot slot = rings_.kv.next();
  for (const isa::Dma& dma : work_.keys(item, tokens, slot.address)) load(dma, slot);
  return slot;
}

Slot FlashAttention::load_values(const FlashItem& item, Range tokens) {
  const Slot slot = rings_.kv.next();
  load(work_.values(item, tokens, slot.address), slot);
  return slot;
}

void FlashAttention::load_mask(AttentionStep& step, const FlashItem& item, std::int64_t head,
                               Range tokens) {
  const Slot slot = rings_.masks.next();
  load(work_.mask(item, head, tokens, slot.address), slot);
  step.mask = slot.address;
  step.mask_ready = {slot.full};
  step.mask_done = {slot.free};
}

AttentionStep FlashAttention::step_of(const Block& block, std::int64_t head, Range tokens) const {
  const FlashItem& item = block.item;
  const std::int64_t rows = item.rows.size(), hidden = shape_.tokens - shape_.rows;
  AttentionStep step;
  step.head = block.heads[static_cast<std::size_t>(head)];
  const auto queries = [&](std::int64_t elements) {
    return advance(block.queries.address, elements, formats_.activation);
  };
  step.q = queries(head * rows * shape_.nope_width());
  step.q_rope = queries((shape_.group() * shape_.nope_width() + head * shape_.rope_width) * rows);
  step.rows = rows;
  step.columns = tokens.size();
  step.first = tokens.first == 0;
  step.last = tokens.last == shape_.seen(item.rows.last);
  const std::int64_t first_sees = item.rows.first + hidden;
  if (shape_.causal && tokens.last - 1 > first_sees) step.causal = first_sees - tokens.first;
  step.q_ready = {block.queries.full};
  if (head + 1 == shape_.group() && step.last) step.q_done = {block.queries.free};
  step.out = advance(block.results.address, head * rows * shape_.value_width, formats_.activation);
  step.out_free = {block.results.free};
  step.out_done = {block.results.full};
  return step;
}

void FlashAttention::run_chunk(const Block& block, Range tokens) {
  emitter_.region(work_.regions.scores);
  const FlashItem& item = block.item;
  const Slot k = load_keys(item, tokens);
  const Slot v = load_values(item, tokens);
  for (std::int64_t g = 0; g < shape_.group(); ++g) {
    AttentionStep step = step_of(block, g, tokens);
    step.k = k.address;
    step.k_rope = advance(k.address, tokens.size() * shape_.nope_width(), formats_.kv);
    step.v = v.address;
    step.k_ready = {k.full};
    step.v_ready = {v.full};
    if (g + 1 == shape_.group()) {
      step.k_done = {k.free};
      step.v_done = {v.free};
    }
    if (work_.mask) load_mask(step, item, g, tokens);
    attention_.step(step);
    store_pending();
  }
}

void FlashAttention::store_pending() {
  if (!unstored_) return;
  emitter_.region(work_.regions.store);
  const Slot& results = unstored_->results;
  emitter_.put(Role::store, work_.results(unstored_->item, results.address), {results.full},
               {results.free, work_.stored});
  unstored_.reset();
}

}  // namespace

std::vector<FlashItem> deal_items(const AttentionShape& shape, std::int64_t rows,
                                  std::int64_t cores, std::uint32_t core) {
  std::vector<FlashItem> mine;
  std::int64_t dealt = 0;
  for (std::int64_t block = ceil_div(shape.rows, rows) - 1; block >= 0; --block) {
    for (std::int64_t sequence = 0; sequence < shape.batch; ++sequence) {
      for (std::int64_t kv_head = 0; kv_head < shape.kv_heads; ++kv_head) {
        const std::int64_t turn = dealt / cores, place = dealt % cores;
        const std::int64_t to = turn % 2 ? cores - 1 - place : place;
        ++dealt;
        if (to != core) continue;
        mine.push_back({sequence, kv_head, tile_of({0, shape.rows}, rows, block)});
      }
    }
  }
  return mine;
}

FlashRings lay_out_flash(const AttentionJob& job, const FlashTiling& tiling, EventTable& events,
                         const std::string& name, Address base) {
  const AttentionShape& shape = job.shape;
  const Formats& formats = job.formats;
  const std::int64_t rows = tiling.rows, group = shape.group(), tile = rows * tiling.chunk;
  Arena arena{events, name, base};
  FlashRings rings;
  rings.queries =
      arena.ring("queries", isa::bytes_of(group * rows * shape.width, formats.activation), 2);
  rings.results =
      arena.ring("results", isa::bytes_of(group * rows * shape.value_width, formats.activation), 2);
  const std::int64_t widest = std::max(shape.width, shape.value_width);
  rings.kv = arena.ring("kv", isa::bytes_of(tiling.chunk * widest, formats.kv), 4);
  rings.probabilities = arena.ring("probabilities", isa::bytes_of(tile, formats.activation), 2);
  if (job.masks) rings.masks = arena.ring("masks", isa::bytes_of(tile, formats.activation), 2);
  rings.state =
      arena.take(isa::bytes_of(2 * group * AttentionHead::kStateColumns * rows, formats.state));
  const Bytes scores = isa::bytes_of(tile, formats.score);
  rings.scores = Ring{events, name + ".scores", 0, scores, 2};
  rings.outputs = Ring{events, name + ".outputs", static_cast<Address>(2 * scores.count()),
                       isa::bytes_of(rows * shape.value_width, formats.score), tiling.output_slots};
  return rings;
}

void run_flash_attention(const FlashWork& work, Emitter& emitter) {
  FlashAttention{work, emitter}.run();
}

}  // namespace npulse::lowering
