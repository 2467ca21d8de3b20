// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "traces/lowering/graph/emit_steps.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kSlotAlignment = 16;

class PoolWriter {
 public:
  PoolWriter(CoreWriter& core, const std::string& region, const PoolStep& step)
      : core_{core}, step_{step}, window_{step.window}, type_{core.plan().formats.activation} {
    const Target& target = core.plan().target;
    share_ = {{0, window_.rows()}, {0, window_.groups}};
    const bool by_rows = window_.rows() >= target.cores;
    Range& cut = by_rows ? share_.rows : share_.channels;
    cut = split(cut.size(), target.cores, 1)[core.core()];
    tile_ = {std::max<std::int64_t>(1, std::min(share_.rows.size(), window_.oh)), window_.ow,
             std::max<std::int64_t>(1, share_.channels.size()), 1};
    while (bytes().scratchpad() > target.spm_bytes && shrink()) {
    }
    core.begin(region, bytes());
  }

  void run() {
    for (const PixelTile& pixels : pixel_tiles(window_, tile_, share_.rows)) {
      for (std::int64_t c = share_.channels.first; c < share_.channels.last; c += tile_.oc) {
        tile(pixels, {c, std::min(c + tile_.oc, share_.channels.last)});
      }
    }
  }

 private:
  /// Halves rows first, which lie apart, then columns, then channels.
  bool shrink() {
    for (std::int64_t* extent : {&tile_.h, &tile_.w, &tile_.oc}) {
      if (*extent == 1) continue;
      *extent = ceil_div<std::int64_t>(*extent, 2);
      return true;
    }
    return false;
  }

  /// Extent of the input, padding included, for so many outputs.
  std::int64_t height(std::int64_t rows) const {
    return (rows - 1) * window_.stride_h + window_.kh;
  }
  std::int64_t width(std::int64_t columns) const {
    return (columns - 1) * window_.stride_w + window_.kw;
  }

  Bytes slot(std::int64_t elements) const {
    return Bytes{round_up(isa::bytes_of(elements, type_).count(), kSlotAlignment)};
  }
  TileBytes bytes() const {
    return {slot(height(tile_.h) * width(tile_.w) * tile_.oc), Bytes{0},
            slot(tile_.h * tile_.w * tile_.oc), Bytes{0}};
  }

  void tile(const PixelTile& pixels, Range channels) {
    const Buffer& x = core_.slots(BufferKind::input).take();
    const Buffer& out = core_.slots(BufferKind::extra).take();
    core_.load(Role::activation, x, fetch(x, pixels, channels), true);
    const std::int64_t h = height(pixels.rows.size()), w = width(pixels.columns.size());
    isa::Vec vec = unary(step_.kind, {in_spm(out.address), type_}, {in_spm(x.address), type_},
                         h * w, channels.size());
    vec.window = {h, w, window_.kh, window_.kw};
    vec.stride = {window_.stride_h, window_.stride_w};
    core_.put(Role::vector, vec, {x.full, out.free}, {x.free, out.full});
    const std::int64_t all = window_.groups;
    const std::int64_t pixel =
        (pixels.image * window_.oh + pixels.rows.first) * window_.ow + pixels.columns.first;
    const Address to =
        advance(core_.plan().address(step_.output), pixel * all + channels.first, type_);
    core_.store(transfer(in_dram(to), in_spm(out.address),
                         {pixels.rows.size(), pixels.columns.size(), channels.size()}, type_,
                         {window_.ow * all, all, 1}),
                out.full, out);
  }

  isa::Dma fetch(const Buffer& slot, const PixelTile& pixels, Range channels) const {
    const InputSpan rows = input_rows(window_, pixels.rows);
    const InputSpan columns = input_columns(window_, pixels.columns);
    const std::int64_t all = window_.groups;
    const std::int64_t at =
        ((pixels.image * window_.h + rows.first) * window_.w + columns.first) * all +
        channels.first;
    isa::Dma dma = transfer(
        in_spm(slot.address), in_dram(advance(core_.plan().address(step_.input), at, type_)),
        {rows.size, columns.size, channels.size()}, type_, {}, {window_.w * all, all, 1});
    if (rows.before + rows.after + columns.before + columns.after > 0) {
      dma.pad_lo = {rows.before, columns.before, 0};
      dma.pad_hi = {rows.after, columns.after, 0};
      if (step_.kind == isa::VecKind::pool_max) dma.pad_value = lowest();
    }
    return dma;
  }

  /// Below every value of the type, or as low as it gets.
  double lowest() const {
    constexpr double kFp16 = -65504, kFp8 = -448;
    switch (type_) {
      case isa::DataType::i4:
        return -8;
      case isa::DataType::i8:
        return -128;
      case isa::DataType::i16:
        return -32768;
      case isa::DataType::i32:
        return std::numeric_limits<std::int32_t>::min();
      case isa::DataType::fp8:
        return kFp8;
      case isa::DataType::fp16:
        return kFp16;
      case isa::DataType::bf16:
      case isa::DataType::fp32:
        return -3e38;
    }
    return 0;
  }

  CoreWriter& core_;
  const PoolStep& step_;
  const Contraction& window_;
  isa::DataType type_;
  CoreShare share_;
  TileShape tile_;
};

}  // namespace

void emit(CoreWriter& core, const std::string& region, const PoolStep& step) {
  PoolWriter writer{core, region, step};
  writer.run();
}

}  // namespace npulse::lowering
