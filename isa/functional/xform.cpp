// SPDX-License-Identifier: Apache-2.0
// Elements moved, not changed: transpose, reshape, gather, scatter.
#include <fmt/format.h>

#include <algorithm>

#include "isa/functional/machine.h"
#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

Image::Codes transposed(const Xform& op, const Image::Codes& source) {
  const Extents steps = dense_strides(op.shape);
  Image::Codes out;
  for (std::size_t i = 0; i < source.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), from = 0;
    for (int d = op.perm.size() - 1; d >= 0; --d) {
      const auto dimension = static_cast<int>(op.perm[d]);
      from += rest % op.shape[dimension] * steps[dimension];
      rest /= op.shape[dimension];
    }
    out.push_back(source[static_cast<std::size_t>(from)]);
  }
  return out;
}

/// Row numbers, each within the table.
std::vector<std::int64_t> row_numbers(const Site& site, const Xform& op) {
  std::vector<std::int64_t> rows;
  for (const std::uint32_t code : site.read_codes(*op.index, op.indices, DataType::i32)) {
    const auto row = static_cast<std::int32_t>(code);
    if (row < 0 || row >= op.shape[0]) {
      throw InputError{to_string(op.kind),
                       fmt::format("row {} of a table of {} rows", row, op.shape[0]),
                       "give the index tensor values, or correct its address"};
    }
    rows.push_back(row);
  }
  return rows;
}

/// Copies row by row: to row to(i) of `out`, from row from(i) of `in`.
template <class To, class From>
void copy_rows(std::size_t count, std::int64_t row, Image::Codes& out, const Image::Codes& in,
               To&& to, From&& from) {
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(in.begin() + from(i) * row, row, out.begin() + to(i) * row);
}

void apply_indexed(const Site& site, const Xform& op) {
  const std::vector<std::int64_t> rows = row_numbers(site, op);
  const std::int64_t table = op.shape.product(), row = table / op.shape[0];
  const auto by_index = [&](std::size_t i) { return rows[i]; };
  const auto in_order = [](std::size_t i) { return static_cast<std::int64_t>(i); };
  if (op.kind == XformKind::gather) {
    Image::Codes out(static_cast<std::size_t>(op.indices * row));
    copy_rows(rows.size(), row, out, site.read_codes(op.src, table, op.type), in_order, by_index);
    return site.write_codes(op.dst, op.type, out);
  }
  Image::Codes out = site.read_codes(op.dst, table, op.type);
  copy_rows(rows.size(), row, out, site.read_codes(op.src, op.indices * row, op.type), by_index,
            in_order);
  site.write_codes(op.dst, op.type, out);
}

}  // namespace

void apply(const Site& site, const Xform& op) {
  if (op.index) return apply_indexed(site, op);
  const Image::Codes source = site.read_codes(op.src, op.shape.product(), op.type);
  site.write_codes(op.dst, op.type,
                   op.kind == XformKind::transpose ? transposed(op, source) : source);
}

}  // namespace npulse::isa::functional
