// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/graph/emit_steps.h"

namespace npulse::lowering {
namespace {

/// One block of results, and what of the input it takes.
struct Tile {
  PixelTile pixels;
  Range channels;
  std::vector<Range> chunks;
};

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
    finish(tile, result);
  }

  void chunk(const Tile& tile, std::size_t i, const Buffer& result) {
    const bool first = i == 0, last = i + 1 == tile.chunks.size();
    const Buffer& input = input_of(tile, tile.chunks[i]);
    const Buffer& weights = weights_of(tile, tile.chunks[i], last);
    Events waits{input.full, weights.full};
    if (first && first_tile_) {  // slots of the step before lie elsewhere
      for (const Buffer& buffer : core_.plan().buffers[std::size_t(BufferKind::result)]) {
        waits.push_back(buffer.free);
      }
    } else if (first) {
      waits.push_back(result.free);
    }
    first_tile_ = false;
    Events signals{input.free, weights.free};
    if (last) signals.push_back(result.full);
    core_.put(Role::matrix, product(tile, tile.chunks[i], {input, weights, result}, !first), waits,
              signals);
    weights_ = &weights;
  }

  const Buffer& input_of(const Tile& tile, Range chunk) {
    SlotPair& slots = core_.slots(BufferKind::input);
    const TileKey key{tile.pixels.image, tile.pixels.rows.first, tile.pixels.columns.first,
                      chunk.first};
    if (const Buffer* held = slots.find(key); held && step_.tiling.keeps_operands) return *held;
    const Buffer& slot = slots.take(key);
    core_.load(Role::activation, slot, input_transfer(tile.pixels, chunk, slot), true);
    return slot;
  }

  isa::Dma input_transfer(const PixelTile& pixels, Range chunk, const Buffer& slot) const {
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
    const std::int64_t at = x * channels + chunk.first;
    return transfer(in_spm(slot.address),
                    place_of(step_.input, step_.kept_input, pixels.image * loops_.h + y, row, at),
                    {h, w, chunk.size()}, type, {}, {step_h * row, step_w * channels, 1});
  }

  /// Element `at` of a row (over all images) of a tensor in memory, or in this core's scratchpad.
  isa::Operand place_of(graph::TensorId tensor, const std::optional<ResidentTensor>& kept,
                        std::int64_t row, std::int64_t row_elements, std::int64_t at) const {
    const isa::DataType type = formats_.activation;
    if (!kept) return in_dram(advance(core_.plan().address(tensor), row * row_elements + at, type));
    const std::int64_t held = row - kept->rows[core_.core()].first;
    return in_spm(advance(kept->at, held * row_elements + at, type));
  }

  const Buffer& weights_of(const Tile& tile, Range chunk, bool last) {
    SlotPair& slots = core_.slots(BufferKind::weights);
    const std::int64_t batch = tile.pixels.image * loops_.weight_batches / loops_.batch;
    const TileKey key{batch, tile.channels.first, chunk.first, 0};
    if (const Buffer* held = slots.find(key); held && step_.tiling.keeps_operands) return *held;
    const Buffer& slot = slots.take(key);
    core_.load(Role::load, slot, weight_transfer(tile, chunk, batch, slot),
               !step_.weights_constant);
    for (std::size_t i = 0; last && i < step_.then.size(); ++i) {
      if (step_.then[i].y && step_.then[i].broadcast == isa::Broadcast::row) {
        load_row_vector(tile, i, slot);
      }
    }
    return slot;
  }

  isa::Dma weight_transfer(const Tile& tile, Range chunk, std::int64_t batch,
                           const Buffer& slot) const {
    const isa::DataType type = formats_.weight;
    const std::int64_t taps = loops_.taps(), n = loops_.channels(), oc = tile.channels.size();
    const std::int64_t c = std::min(chunk.size(), loops_.c), from = chunk.first % loops_.c;
    const auto at = [&](std::int64_t element) {
      const Address base =
          step_.weights_constant ? constants_.weights : core_.plan().address(step_.weights);
      return in_dram(advance(base, element, type));
    };
    const isa::Operand to = in_spm(slot.address);
    if (step_.weights_constant && step_.tiling.packed_weights) {
      const std::int64_t before = tile.channels.first * taps * loops_.c + from * taps * oc;
      return transfer(to, at(before), {taps * c * oc}, type);
    }
    if (step_.weights_constant) {
      return transfer(to, at(from * n + tile.channels.first), {taps, c, oc}, type, {},
                      {loops_.c * n, n, 1});
    }
    const std::int64_t base = batch * loops_.c * n;
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

  struct Places {
    const Buffer &input, &weights, &result;
  };

  isa::Operation product(const Tile& tile, Range chunk, const Places& at, bool accumulate) const {
    if (loops_.product() && chunk.size() <= loops_.c) return mm(tile, chunk, at, accumulate);
    isa::Conv conv;
    conv.ifm = in_spm(at.input.address);
    conv.weight = in_spm(at.weights.address);
    conv.ofm = in_acc(at.result.address);
    const bool pointwise = loops_.pointwise();
    const PixelTile& p = tile.pixels;
    const InputSpan rows = pointwise ? InputSpan{0, p.rows.size()} : input_rows(loops_, p.rows);
    const InputSpan columns =
        pointwise ? InputSpan{0, p.columns.size()} : input_columns(loops_, p.columns);
    conv.h = rows.size, conv.pad_top = rows.before, conv.pad_bottom = rows.after;
    conv.w = columns.size, conv.pad_left = columns.before, conv.pad_right = columns.after;
    conv.c = chunk.size(), conv.oc = tile.channels.size();
    conv.groups = std::max<std::int64_t>(1, chunk.size() / loops_.c);
    conv.kh = loops_.kh, conv.kw = loops_.kw;
    conv.stride_h = pointwise ? 1 : loops_.stride_h;
    conv.stride_w = pointwise ? 1 : loops_.stride_w;
    conv.dilation_h = loops_.dilation_h, conv.dilation_w = loops_.dilation_w;
    conv.ifm_type = formats_.activation;
    conv.weight_type = formats_.weight;
    conv.ofm_type = formats_.accumulator;
    conv.accumulate = accumulate;
    return conv;
  }

  isa::Mm mm(const Tile& tile, Range chunk, const Places& at, bool accumulate) const {
    isa::Mm mm;
    mm.a = in_spm(at.input.address);
    mm.b = in_spm(at.weights.address);
    mm.c = in_acc(at.result.address);
    mm.m = tile.pixels.count();
    mm.n = tile.channels.size();
    mm.k = chunk.size();
    mm.a_type = formats_.activation;
    mm.b_type = formats_.weight;
    mm.c_type = formats_.accumulator;
    mm.b_transposed = step_.weights_transposed;
    mm.accumulate = accumulate;
    return mm;
  }

  /// What is fused runs in place in the accumulators; the last operation narrows the result, which
  /// leaves from there.
  void finish(const Tile& tile, const Buffer& result) {
    static const VectorOp kNarrow{isa::VecKind::copy, {}, isa::Broadcast::none, 0};
    const std::size_t count = std::max<std::size_t>(1, step_.then.size());
    for (std::size_t i = 0; i < count; ++i) {
      const VectorOp& op = step_.then.empty() ? kNarrow : step_.then[i];
      const bool first = i == 0, last = i + 1 == count;
      Events waits, signals;
      if (first) waits.push_back(result.full);
      isa::Vec vec = unary(
          op.kind, {in_acc(result.address), last ? formats_.activation : formats_.accumulator},
          {in_acc(result.address), formats_.accumulator}, tile.pixels.count(), tile.channels.size(),
          op.scalar);
      if (op.y) add_second_input(vec, tile, i, waits, signals);
      if (last) signals.push_back(result.done);
      core_.put(Role::vector, vec, waits, signals);
    }
    core_.store(
        transfer(result_at(tile), in_acc(result.address),
                 {tile.pixels.rows.size(), tile.pixels.columns.size(), tile.channels.size()},
                 formats_.activation, {loops_.ow * loops_.channels(), loops_.channels(), 1}),
        result.done, result);
  }

  isa::Operand result_at(const Tile& tile) const {
    const PixelTile& p = tile.pixels;
    return place_of(step_.output, step_.kept_output, p.image * loops_.oh + p.rows.first,
                    loops_.ow * loops_.channels(),
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
      core.put(Role::load, choice, {}, {});
    }
    if (share.rows.size() > 0 && share.channels.size() > 0) {
      ContractionWriter{core, step, constants}.run(share);
    }
  }
}

}  // namespace npulse::lowering
