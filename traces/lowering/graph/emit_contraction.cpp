// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "isa/types.h"
#include "traces/lowering/graph/contraction_tile.h"
#include "traces/lowering/graph/emit_steps.h"
#include "traces/lowering/graph/weight_layout.h"
#include "traces/lowering/linear.h"

namespace npulse::lowering {
namespace {

class ContractionWriter {
 public:
  ContractionWriter(CoreWriter& core, const ContractionStep& step, const StepConstants& constants)
      : core_{core},
        step_{step},
        loops_{step.loops},
        constants_{constants},
        formats_{core.plan().formats_of(step)} {}

  void run(const CoreShare& share) {
    const auto pixels = pixel_tiles(loops_, step_.tiling.tile, share.rows);
    const auto channels = channel_tiles(loops_, step_.tiling.tile, share.channels);
    if (step_.tiling.order == LoopOrder::pixels_outer) {
      for (const PixelTile& p : pixels) {
        for (const Range& c : channels) tile(p, c);
      }
    } else {
      for (const Range& c : channels) {
        for (const PixelTile& p : pixels) tile(p, c);
      }
    }
  }

 private:
  void tile(const PixelTile& pixels, Range channels) {
    const Tile tile{pixels, channels, input_chunks(loops_, step_.tiling.tile, channels)};
    const Buffer& result = core_.slots(BufferKind::result).take();
    for (std::size_t i = 0; i < tile.chunks.size(); ++i) chunk(tile, i, result);
    if (!in_steps()) finish(tile, result, result.address);
  }

  /// Whether a product begins before all of its operands are there, and leaves row by row.
  bool in_steps() const { return step_.tiling.load_channels > 0 && loops_.product(); }

  void chunk(const Tile& tile, std::size_t i, const Buffer& result) {
    const bool first = i == 0, last = i + 1 == tile.chunks.size();
    const Range chunk = tile.chunks[i];
    begin_load(last ? &result : nullptr);
    if (first) preset(tile, result);
    const Operand input = operand(BufferKind::input, input_key(tile.pixels, chunk));
    const Operand weights = operand(BufferKind::weights, weight_key(tile, chunk));
    weights_ = weights.slot;
    const std::vector<Range> steps = steps_of(chunk);
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const Slice slice{chunk, steps[s]};
      const bool ends = s + 1 == steps.size();
      if (input.fetched) load_input(tile, slice, *input.slot);
      if (weights.fetched) load_weights(tile, slice, *weights.slot, last && ends);
      Events waits{input.slot->full, weights.slot->full}, signals;
      if (first && s == 0) wait_for(result, waits);
      if (ends) signals = {input.slot->free, weights.slot->free};
      if (ends && last) signals.push_back(result.full);
      const Places places{*input.slot, *weights.slot, result};
      const isa::Operation operation =
          product(step_, formats_, tile, slice, places, !first || s > 0);
      if (ends && last && in_steps()) {
        finish_in_rows(tile, std::get<isa::Mm>(operation), result, {waits, signals});
      } else {
        core_.put(Role::matrix, operation, waits, signals);
      }
    }
  }

  struct Order {
    Events waits, signals;
  };

  /// The last step of a product, so many rows at a time; the results of each leave beside the next.
  void finish_in_rows(const Tile& tile, isa::Mm mm, const Buffer& result, const Order& order) {
    const std::int64_t rows = tile.pixels.rows.size();
    for (std::int64_t row = 0; row < rows; row += step_.tiling.load_channels) {
      const std::int64_t end = std::min(row + step_.tiling.load_channels, rows);
      Tile part = tile;
      part.pixels.rows = {tile.pixels.rows.first + row, tile.pixels.rows.first + end};
      isa::Mm some = mm;
      some.m = end - row;
      some.a.address = advance(mm.a.address, row * mm.k, mm.a_type);
      some.c.address = advance(mm.c.address, row * mm.n, mm.c_type);
      core_.put(Role::matrix, some, row == 0 ? order.waits : Events{},
                end == rows ? order.signals : Events{result.full});
      finish(part, result, some.c.address);
    }
  }

  /// The next load waits for the tile two before, if it was stored; this one stores `result`.
  void begin_load(const Buffer* result) {
    const Buffer*& two_before = stored_[chunks_++ % stored_.size()];
    if (step_.tiling.whole_tiles && two_before) before_load_ = {two_before->free};
    two_before = result;
  }

  /// Slots of the step before lie elsewhere.
  void wait_for(const Buffer& result, Events& waits) {
    if (!std::exchange(first_tile_, false)) return waits.push_back(result.free);
    for (const Buffer& buffer : core_.plan().buffers[std::size_t(BufferKind::result)]) {
      waits.push_back(buffer.free);
    }
  }

  void preset(const Tile& tile, const Buffer& result) {
    const Preset& preset = step_.tiling.preset;
    if (preset.each == Cycles{0}) return;
    isa::Opaque writes;
    writes.cycles =
        tile.pixels.count() * ceil_div(tile.channels.size(), preset.channels) * preset.each.count();
    writes.note = "accumulators preset";
    Events waits{std::exchange(before_load_, {})};
    wait_for(result, waits);
    core_.put(Role::load, writes, waits, {});
  }

  /// What a product takes at a time: loads run ahead of it within a tile.
  std::vector<Range> steps_of(Range chunk) const {
    const std::int64_t most = step_.tiling.load_channels;
    if (!in_steps()) return {chunk};
    std::vector<Range> steps;
    for (std::int64_t c = chunk.first; c < chunk.last; c += most) {
      steps.push_back({c, std::min(c + most, chunk.last)});
    }
    return steps;
  }

  TileKey input_key(const PixelTile& pixels, Range chunk) const {
    return {pixels.image, pixels.rows.first, pixels.columns.first, chunk.first};
  }

  TileKey weight_key(const Tile& tile, Range chunk) const {
    return {weight_batch(tile), tile.channels.first, chunk.first, 0};
  }

  std::int64_t weight_batch(const Tile& tile) const {
    return tile.pixels.image * loops_.weight_batches / loops_.batch;
  }

  struct Operand {
    const Buffer* slot;
    bool fetched;  ///< Anew, into the next slot.
  };

  Operand operand(BufferKind kind, const TileKey& key) {
    SlotPair& slots = core_.slots(kind);
    if (const Buffer* held = slots.find(key); held && step_.tiling.keeps_operands) {
      return {held, false};
    }
    return {&slots.take(key), true};
  }

  /// Loads `dma`, dense in the slot, in transfers of at most so many channels.
  void load(Role role, const Buffer& slot, isa::Dma dma, bool made) {
    const int last = dma.shape.size() - 1;
    const std::int64_t channels = dma.shape[last];
    const std::int64_t most =
        step_.tiling.load_channels > 0 ? step_.tiling.load_channels : channels;
    if (channels > most) dma.dst_stride = isa::dense_strides(dma.shape);
    const Address to = dma.dst.address, from = dma.src.address;
    for (std::int64_t c = 0; c < channels; c += most) {
      dma.shape[last] = std::min(most, channels - c);
      dma.dst.address = advance(to, c, dma.type);
      dma.src.address = advance(from, c, dma.type);
      core_.load(role, slot, dma, made, std::exchange(before_load_, {}));
    }
  }

  void load_input(const Tile& tile, const Slice& slice, const Buffer& slot) {
    const PixelTile& pixels = tile.pixels;
    const isa::DataType type = formats_.activation;
    const std::int64_t channels = loops_.in_channels(), row = loops_.w * channels;
    std::int64_t y = pixels.rows.first * loops_.stride_h, h = pixels.rows.size();
    std::int64_t x = pixels.columns.first * loops_.stride_w, w = pixels.columns.size();
    std::int64_t step_h = loops_.stride_h, step_w = loops_.stride_w;
    if (!loops_.pointwise()) {
      const InputSpan rows = input_rows(loops_, pixels.rows);
      const InputSpan columns = input_columns(loops_, pixels.columns);
      y = rows.first, h = rows.size, x = columns.first, w = columns.size;
      step_h = step_w = 1;
    }
    const std::int64_t n = slice.channels.size();
    const std::int64_t at = x * channels + slice.channels.first;
    load(Role::activation, slot,
         transfer(
             in_spm(input_part(slot, slice, h * w, formats_)),
             place_of({step_.input, type}, step_.kept_input, pixels.image * loops_.h + y, row, at),
             {h, w, n}, type, {}, {step_h * row, step_w * channels, 1}),
         true);
  }

  struct TypedTensor {
    graph::TensorId id;
    isa::DataType type;
  };

  /// Element `at` of a row (over all images) of a tensor in memory, or in this core's scratchpad.
  isa::Operand place_of(const TypedTensor& tensor, const std::optional<ResidentTensor>& kept,
                        std::int64_t row, std::int64_t row_elements, std::int64_t at) const {
    const auto [id, type] = tensor;
    if (!kept) return in_dram(advance(core_.plan().address(id), row * row_elements + at, type));
    const std::int64_t held = row - kept->rows[core_.core()].first;
    return in_spm(advance(kept->at, held * row_elements + at, type));
  }

  void load_weights(const Tile& tile, const Slice& slice, const Buffer& slot, bool last) {
    load(Role::load, slot, weight_transfer(tile, slice, slot), !step_.weights_constant);
    for (std::size_t i = 0; last && i < step_.then.size(); ++i) {
      if (step_.then[i].y && step_.then[i].broadcast == isa::Broadcast::row) {
        load_row_vector(tile, i, slot);
      }
    }
  }

  isa::Dma weight_transfer(const Tile& tile, const Slice& slice, const Buffer& slot) const {
    const isa::DataType type = formats_.weight;
    const std::int64_t taps = loops_.taps(), n = loops_.channels(), oc = tile.channels.size();
    const std::int64_t c = std::min(slice.channels.size(), loops_.c);
    const std::int64_t from = slice.channels.first % loops_.c;
    const auto at = [&](std::int64_t element) {
      const Address base =
          step_.weights_constant ? constants_.weights : core_.plan().address(step_.weights);
      return in_dram(advance(base, element, type));
    };
    const isa::Operand to = in_spm(weight_part(slot, slice, oc, formats_));
    if (step_.weights_constant && step_.tiling.packed_weights) {
      const WeightLayout layout{loops_, step_.tiling.tile, formats_};
      const Bytes before = layout.before(tile.channels, from);
      return lowering::weight_transfer(
          formats_, to.address, in_dram(constants_.weights + static_cast<Address>(before.count())),
          taps * c, oc);
    }
    ensure(!formats_.coded(), "coded weights lie tile by tile");
    if (step_.weights_constant) {
      return transfer(to, at(from * n + tile.channels.first), {taps, c, oc}, type, {},
                      {loops_.c * n, n, 1});
    }
    const std::int64_t base = weight_batch(tile) * loops_.c * n;
    if (step_.weights_transposed) {
      return transfer(to, at(base + tile.channels.first * loops_.c + from), {oc, c}, type, {},
                      {loops_.c, 1});
    }
    return transfer(to, at(base + from * n + tile.channels.first), {c, oc}, type, {}, {n, 1});
  }

  /// Where the operation's constants of a tile lie in the slot of its weights.
  Address row_vector_at(std::size_t op, const Buffer& slot) const {
    const TileExtras none, one{1, 0};
    const Bytes weights = bytes_of(loops_, step_.tiling.tile, none, formats_).weights;
    const Bytes row = bytes_of(loops_, step_.tiling.tile, one, formats_).weights - weights;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < op; ++i) {
      if (step_.then[i].y && step_.then[i].broadcast == isa::Broadcast::row) ++before;
    }
    return slot.address + static_cast<Address>((weights + row * before).count());
  }

  void load_row_vector(const Tile& tile, std::size_t op, const Buffer& slot) {
    const isa::DataType type = formats_.accumulator;
    const Address from = advance(constants_.row_vectors[op], tile.channels.first, type);
    core_.load(
        Role::load, slot,
        transfer(in_spm(row_vector_at(op, slot)), in_dram(from), {tile.channels.size()}, type),
        false);
  }

  /// What is fused runs in place in the accumulators; the last operation narrows the result, which
  /// leaves from there.
  void finish(const Tile& tile, const Buffer& result, Address at) {
    static const VectorOp kNarrow{isa::VecKind::copy, {}, isa::Broadcast::none, 0};
    const std::size_t count = std::max<std::size_t>(1, step_.then.size());
    for (std::size_t i = 0; i < count; ++i) {
      const VectorOp& op = step_.then.empty() ? kNarrow : step_.then[i];
      const bool first = i == 0, last = i + 1 == count;
      Events waits, signals;
      if (first) waits.push_back(result.full);
      isa::Vec vec = unary(op.kind, {in_acc(at), last ? formats_.result : formats_.accumulator},
                           {in_acc(at), formats_.accumulator}, tile.pixels.count(),
                           tile.channels.size(), op.scalar);
      if (op.y) add_second_input(vec, tile, i, waits, signals);
      if (last) signals.push_back(result.done);
      core_.put(Role::vector, vec, waits, signals);
    }
    core_.store(
        transfer(result_at(tile), in_acc(at),
                 {tile.pixels.rows.size(), tile.pixels.columns.size(), tile.channels.size()},
                 formats_.result, {loops_.ow * loops_.channels(), loops_.channels(), 1}),
        result.done, result);
  }

  isa::Operand result_at(const Tile& tile) const {
    const PixelTile& p = tile.pixels;
    return place_of({step_.output, formats_.result}, step_.kept_output,
                    p.image * loops_.oh + p.rows.first, loops_.ow * loops_.channels(),
                    p.columns.first * loops_.channels() + tile.channels.first);
  }

  Address output_at(graph::TensorId tensor, const Tile& tile) const {
    const PixelTile& p = tile.pixels;
    const std::int64_t pixel = (p.image * loops_.oh + p.rows.first) * loops_.ow + p.columns.first;
    return advance(core_.plan().address(tensor), pixel * loops_.channels() + tile.channels.first,
                   formats_.activation);
  }

  void add_second_input(isa::Vec& vec, const Tile& tile, std::size_t i, Events& waits,
                        Events& signals) {
    const VectorOp& op = step_.then[i];
    vec.y_broadcast = op.broadcast;
    if (op.broadcast == isa::Broadcast::row) {
      vec.y = in_spm(row_vector_at(i, *weights_));
      vec.y_type = formats_.accumulator;
      signals.push_back(weights_->free);
      return;
    }
    const Buffer& slot = core_.slots(BufferKind::extra).take();
    core_.load(
        Role::activation, slot,
        transfer(in_spm(slot.address), in_dram(output_at(*op.y, tile)),
                 {tile.pixels.rows.size(), tile.pixels.columns.size(), tile.channels.size()},
                 formats_.activation, {}, {loops_.ow * loops_.channels(), loops_.channels(), 1}),
        true);
    vec.y = in_spm(slot.address);
    vec.y_type = formats_.activation;
    waits.push_back(slot.full);
    signals.push_back(slot.free);
  }

  CoreWriter& core_;
  const ContractionStep& step_;
  const Contraction& loops_;
  const StepConstants& constants_;
  Formats formats_;
  const Buffer* weights_ = nullptr;  ///< Of the last chunk.
  bool first_tile_ = true;
  std::array<const Buffer*, 2> stored_{};  ///< By the last two tiles: the result that it stored.
  std::size_t chunks_ = 0;
  Events before_load_;  ///< What the next load waits for besides its slot.
};

}  // namespace

void emit(CoreWriter& core, const std::string& region, const ContractionStep& step,
          const StepConstants& constants) {
  core.begin(region,
             bytes_of(step.loops, step.tiling.tile, step.extras(), core.plan().formats_of(step)));
  if (core.core() < step.tiling.shares.size()) {
    const CoreShare& share = step.tiling.shares[core.core()];
    if (step.tiling.before_cycles > 0) {
      isa::Opaque choice;
      choice.cycles = step.tiling.before_cycles;
      choice.note = "choice of tiles";
      core.put(Role::load, choice, {core.plan().stored}, {});
    }
    if (share.rows.size() > 0 && share.channels.size() > 0) {
      ContractionWriter{core, step, constants}.run(share);
    }
  }
}

}  // namespace npulse::lowering
