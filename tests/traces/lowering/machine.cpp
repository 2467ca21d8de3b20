// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/lowering/machine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace npulse::test {
namespace {

using isa::VecKind;

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Calls f(offset in elements) for every element of the block, row-major.
template <class F>
void for_each_element(const isa::Extents& shape, const isa::Extents& strides, const F& f) {
  for (std::int64_t i = 0; i < shape.product(); ++i) {
    std::int64_t rest = i, offset = 0;
    for (int d = shape.size() - 1; d >= 0; --d) {
      offset += rest % shape[d] * strides[d];
      rest /= shape[d];
    }
    f(offset);
  }
}

double combine(VecKind kind, double x, double y) {
  switch (kind) {
    case VecKind::add:
      return x + y;
    case VecKind::sub:
      return x - y;
    case VecKind::mul:
      return x * y;
    case VecKind::max:
      return std::max(x, y);
    case VecKind::copy:
      return x;
    case VecKind::reciprocal:
      return 1 / x;
    case VecKind::silu:
      return x / (1 + std::exp(-x));
    case VecKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    default:
      throw std::logic_error{"a kind that lowering does not use"};
  }
}

struct Row {
  const isa::Vec& vec;
  std::int64_t index;
  std::vector<double> x, y;

  std::size_t size() const { return x.size(); }
  bool sees(std::size_t column) const {
    return !vec.causal || static_cast<std::int64_t>(column) <= index + *vec.causal;
  }
};

std::vector<double> exponentials(const Row& row, double scale, double maximum) {
  std::vector<double> out(row.size());
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (row.sees(j)) out[j] = std::exp(scale * row.x[j] - maximum);
  }
  return out;
}

double maximum(const Row& row, double scale) {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (row.sees(j)) most = std::max(most, scale * row.x[j]);
  }
  return most;
}

std::vector<double> softmax(const Row& row) {
  const double scale = row.vec.scalar == 0 ? 1 : row.vec.scalar;
  double sum = 0;
  auto out = exponentials(row, scale, maximum(row, scale));
  for (const double value : out) sum += value;
  for (double& value : out) value /= sum;
  return out;
}

std::vector<double> rmsnorm(const Row& row) {
  double squares = 0;
  for (const double x : row.x) squares += x * x;
  const double factor = 1 / std::sqrt(squares / static_cast<double>(row.size()) + row.vec.scalar);
  auto out = row.x;
  for (std::size_t j = 0; j < out.size(); ++j) out[j] *= factor * row.y[j];
  return out;
}

std::vector<double> rope(const Row& row) {
  auto out = row.x;
  const std::size_t half = row.size() / 2;
  for (std::size_t j = 0; j < half; ++j) {
    const double cosine = row.y[j], sine = row.y[j + half];
    out[j] = row.x[j] * cosine - row.x[j + half] * sine;
    out[j + half] = row.x[j + half] * cosine + row.x[j] * sine;
  }
  return out;
}

std::vector<double> compute(const Row& row) {
  switch (row.vec.kind) {
    case VecKind::softmax:
      return softmax(row);
    case VecKind::rmsnorm:
      return rmsnorm(row);
    case VecKind::rope:
      return rope(row);
    case VecKind::exp:
      return exponentials(row, row.vec.scalar == 0 ? 1 : row.vec.scalar, 0);
    case VecKind::reduce_max:
      return {maximum(row, 1)};
    case VecKind::reduce_sum: {
      double sum = 0;
      for (std::size_t j = 0; j < row.size(); ++j) sum += row.sees(j) ? row.x[j] : 0;
      return {sum};
    }
    default:
      break;
  }
  std::vector<double> out(row.size());
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = combine(row.vec.kind, row.x[j], row.y[j]);
  return out;
}

}  // namespace

void Bytewise::set(Address at, std::int64_t bytes, double value) {
  const auto end = static_cast<std::size_t>(at) + static_cast<std::size_t>(bytes);
  if (values_.size() < end) values_.resize(end, kNothing);
  std::fill(values_.begin() + static_cast<std::ptrdiff_t>(at),
            values_.begin() + static_cast<std::ptrdiff_t>(end), kNothing);
  values_[at] = value;
}

double Bytewise::get(Address at) const {
  return at < values_.size() ? values_[at] : kNothing;
}

Bytewise& Machine::memory(const Block& block) {
  if (block.at.space == isa::Space::dram) return dram_;
  return (block.at.space == isa::Space::acc ? acc_ : spm_).at(block.core);
}

Machine::Values Machine::load(const Block& block) const {
  Values values;
  const std::int64_t bytes = isa::bytes_of(1, block.type).count();
  const auto strides = block.strides.empty() ? dense_strides(block.shape) : block.strides;
  for_each_element(block.shape, strides, [&](std::int64_t offset) {
    values.push_back(memory(block).get(block.at.address + static_cast<Address>(offset * bytes)));
  });
  return values;
}

void Machine::store(const Block& block, const Values& values) {
  std::size_t next = 0;
  const std::int64_t bytes = isa::bytes_of(1, block.type).count();
  const auto strides = block.strides.empty() ? dense_strides(block.shape) : block.strides;
  for_each_element(block.shape, strides, [&](std::int64_t offset) {
    const Address at = block.at.address + static_cast<Address>(offset * bytes);
    memory(block).set(at, bytes, values.at(next++));
  });
}

void Machine::fill(Address dram, const Values& values, isa::DataType type) {
  const auto count = static_cast<std::int64_t>(values.size());
  store({{isa::Space::dram, {}, dram, {}}, 0, {count}, {}, type}, values);
}

std::vector<double> Machine::read(Address dram, std::int64_t count, isa::DataType type) const {
  return load({{isa::Space::dram, {}, dram, {}}, 0, {count}, {}, type});
}

void Machine::execute(std::uint32_t core, const isa::Instruction& instruction) {
  if (const auto* dma = std::get_if<isa::Dma>(&instruction.operation)) return run(core, *dma);
  if (const auto* mm = std::get_if<isa::Mm>(&instruction.operation)) return run(core, *mm);
  if (const auto* xform = std::get_if<isa::Xform>(&instruction.operation)) return run(core, *xform);
  run(core, std::get<isa::Vec>(instruction.operation));
}

/// A gather of single elements, or a matrix turned.
void Machine::run(std::uint32_t core, const isa::Xform& xform) {
  const Values from = load({xform.src, core, xform.shape, {}, xform.type});
  Values out;
  if (xform.kind == isa::XformKind::transpose) {
    const std::int64_t rows = xform.shape[0], columns = xform.shape[1];
    for (std::int64_t c = 0; c < columns; ++c) {
      for (std::int64_t r = 0; r < rows; ++r)
        out.push_back(from.at(static_cast<std::size_t>(r * columns + c)));
    }
  } else {
    for (const double index : load({*xform.index, core, {xform.indices}, {}, isa::DataType::i32}))
      out.push_back(from.at(static_cast<std::size_t>(index)));
  }
  store({xform.dst, core, {static_cast<std::int64_t>(out.size())}, {}, xform.type}, out);
}

void Machine::run(std::uint32_t core, const isa::Dma& dma) {
  const Values values = dma.codec == isa::CodecFormat::none
                            ? load({dma.src, core, dma.shape, dma.src_stride, dma.type})
                            : coded_.at(dma.src.address);
  store({dma.dst, core, dma.shape, dma.dst_stride, dma.type}, values);
  for (std::uint32_t other = 0; other < spm_.size(); ++other) {
    if (dma.multicast >> other & 1) {
      store({dma.dst, other, dma.shape, dma.dst_stride, dma.type}, values);
    }
  }
}

void Machine::run(std::uint32_t core, const isa::Mm& mm) {
  const Values a = load({mm.a, core, {mm.m, mm.k}, {}, mm.a_type});
  const Values b = load({mm.b, core, {mm.k * mm.n}, {}, mm.b_type});
  const Block to{mm.c, core, {mm.m, mm.n}, {}, mm.c_type};
  Values c = mm.accumulate ? load(to) : Values(static_cast<std::size_t>(mm.m * mm.n));
  for (std::int64_t i = 0; i < mm.m; ++i) {
    for (std::int64_t j = 0; j < mm.n; ++j) {
      for (std::int64_t p = 0; p < mm.k; ++p) {
        const std::int64_t at = mm.b_transposed ? j * mm.k + p : p * mm.n + j;
        c[static_cast<std::size_t>(i * mm.n + j)] +=
            a[static_cast<std::size_t>(i * mm.k + p)] * b[static_cast<std::size_t>(at)];
      }
    }
  }
  store(to, c);
}

/// y, repeated to the shape of x.
Machine::Values Machine::second_input(std::uint32_t core, const isa::Vec& vec) const {
  const std::int64_t elements = vec.rows * vec.cols;
  if (!vec.y) return Values(static_cast<std::size_t>(elements), vec.scalar);
  const bool row = vec.y_broadcast == isa::Broadcast::row;
  const bool column = vec.y_broadcast == isa::Broadcast::column;
  const isa::Extents shape{row ? 1 : vec.rows, column ? 1 : vec.cols};
  const Values y = load({*vec.y, core, shape, {}, vec.y_type});
  Values out;
  for (std::int64_t i = 0; i < elements; ++i) {
    out.push_back(y[static_cast<std::size_t>(row ? i % vec.cols : column ? i / vec.cols : i)]);
  }
  return out;
}

void Machine::run(std::uint32_t core, const isa::Vec& vec) {
  const Values x = load({vec.x, core, {vec.rows, vec.cols}, {}, vec.x_type});
  const Values y = second_input(core, vec);
  Values out;
  for (std::int64_t r = 0; r < vec.rows; ++r) {
    const auto from = static_cast<std::ptrdiff_t>(r * vec.cols);
    const auto to = from + static_cast<std::ptrdiff_t>(vec.cols);
    const Row row{vec, r, {x.begin() + from, x.begin() + to}, {y.begin() + from, y.begin() + to}};
    for (const double value : compute(row)) out.push_back(value);
  }
  store({vec.dst, core, {static_cast<std::int64_t>(out.size())}, {}, vec.dst_type}, out);
}

}  // namespace npulse::test
