// SPDX-License-Identifier: Apache-2.0
// Copies of blocks: strides, padding, codecs, multicast.
#include "isa/functional/coded_row.h"
#include "isa/functional/machine.h"
#include "isa/functional/numbers.h"
#include "isa/shapes.h"

namespace npulse::isa::functional {
namespace {

Image::Codes expand(const Image& from, const Dma& op) {
  const std::int64_t columns = op.shape[op.shape.size() - 1];
  const std::int64_t rows = op.shape.product() / columns;
  std::vector<std::uint8_t> row(
      static_cast<std::size_t>(layout_of(op.codec).row_bytes(columns).count()));
  Image::Codes codes;
  for (std::int64_t r = 0; r < rows; ++r) {
    from.read(op.src.address + static_cast<Address>(r) * row.size(), row);
    for (const double value : decode_row(op.codec, row, columns))
      codes.push_back(encode(op.type, value));
  }
  return codes;
}

/// The block with its padding around it.
Image::Codes padded(const Dma& op, const Image::Codes& codes) {
  if (op.pad_lo.empty() && op.pad_hi.empty()) return codes;
  const Extents whole = padded_shape(op), steps = dense_strides(whole);
  Image::Codes out(static_cast<std::size_t>(whole.product()), encode(op.type, op.pad_value));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), at = 0;
    for (int d = op.shape.size() - 1; d >= 0; --d) {
      at += (rest % op.shape[d] + (op.pad_lo.empty() ? 0 : op.pad_lo[d])) * steps[d];
      rest /= op.shape[d];
    }
    out[static_cast<std::size_t>(at)] = codes[i];
  }
  return out;
}

}  // namespace

void apply(const Site& site, const Dma& op) {
  const Image& from = site.machine.image(op.src, site.core);
  const Image::Codes codes =
      padded(op, op.codec == CodecFormat::none
                     ? from.read_block(op.src.address, {op.shape, op.src_stride, op.type})
                     : expand(from, op));
  const StridedBlock to{padded_shape(op), op.dst_stride, op.type};
  site.machine.image(op.dst, site.core).write_block(op.dst.address, to, codes);
  Operand other = op.dst;
  for (std::uint16_t core = 0; core < 64; ++core) {
    if (!(op.multicast >> core & 1)) continue;
    other.core = core;
    site.machine.image(other, site.core).write_block(op.dst.address, to, codes);
  }
}

}  // namespace npulse::isa::functional
