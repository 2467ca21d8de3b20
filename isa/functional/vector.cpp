// SPDX-License-Identifier: Apache-2.0
// Element-wise and row-wise operations, in double; a result is rounded to fp32, then to its type.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "isa/functional/machine.h"
#include "isa/functional/numbers.h"
#include "isa/shapes.h"

namespace npulse::isa::functional {
namespace {

using Values = std::vector<double>;

/// One row of x, and y repeated to its shape.
struct Row {
  const Vec& op;
  std::int64_t index;
  std::span<const double> x;
  Values y;

  std::size_t size() const { return x.size(); }
  double count() const { return static_cast<double>(x.size()); }
  double sum() const { return std::accumulate(x.begin(), x.end(), 0.0); }
  /// How many columns it sees.
  std::size_t seen() const {
    if (!op.causal) return size();
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(index + *op.causal + 1, 0, static_cast<std::int64_t>(size())));
  }
  double scale() const { return op.scalar == 0 ? 1 : op.scalar; }
};

double larger(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}
double smaller(double a, double b) {
  return std::isnan(a) || a < b ? a : b;
}

double element(VecKind kind, double x, double y) {
  switch (kind) {
    case VecKind::add:
      return x + y;
    case VecKind::sub:
      return x - y;
    case VecKind::dequantise:
    case VecKind::mul:
      return x * y;
    case VecKind::quantise:
      return x / y;
    case VecKind::max:
      return larger(x, y);
    case VecKind::min:
      return smaller(x, y);
    case VecKind::reciprocal:
      return 1 / x;
    case VecKind::rsqrt:
      return 1 / std::sqrt(x);
    case VecKind::relu:
      return larger(x, 0);
    case VecKind::sigmoid:
      return 1 / (1 + std::exp(-x));
    case VecKind::tanh:
      return std::tanh(x);
    case VecKind::gelu:
      return x * (1 + std::erf(x / std::sqrt(2.0))) / 2;
    case VecKind::silu:
      return x / (1 + std::exp(-x));
    default:
      return x;  // copy
  }
}

/// Of scale * x; -infinity where the row sees nothing.
double maximum(const Row& row, double scale) {
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t j = 0; j < row.seen(); ++j) most = larger(most, scale * row.x[j]);
  return most;
}

/// e^(scale * x - maximum) where the row sees, 0 elsewhere.
Values exponentials(const Row& row, double maximum) {
  Values out(row.size());
  for (std::size_t j = 0; j < row.seen(); ++j) out[j] = std::exp(row.scale() * row.x[j] - maximum);
  return out;
}

Values softmax(const Row& row) {
  Values out = exponentials(row, maximum(row, row.scale()));
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  if (sum == 0) return out;  // it sees nothing
  for (double& value : out) value /= sum;
  return out;
}

/// (x - mean) / sqrt(mean of squares + epsilon), times y.
Values normed(const Row& row, double mean) {
  double squares = 0;
  for (const double x : row.x) squares += (x - mean) * (x - mean);
  const double factor = 1 / std::sqrt(squares / row.count() + row.op.scalar);
  Values out(row.size());
  for (std::size_t j = 0; j < out.size(); ++j)
    out[j] = (row.x[j] - mean) * factor * (row.op.y ? row.y[j] : 1);
  return out;
}

Values rope(const Row& row) {
  Values out{row.x.begin(), row.x.end()};
  const std::size_t half = row.size() / 2;
  for (std::size_t j = 0; j < half; ++j) {
    const double angle =
        static_cast<double>(row.index) *
        std::pow(row.op.scalar, -static_cast<double>(j) / static_cast<double>(half));
    const double cosine = row.op.y ? row.y[j] : std::cos(angle);
    const double sine = row.op.y ? row.y[j + half] : std::sin(angle);
    out[j] = row.x[j] * cosine - row.x[j + half] * sine;
    out[j + half] = row.x[j + half] * cosine + row.x[j] * sine;
  }
  return out;
}

Values of_row(const Row& row) {
  switch (row.op.kind) {
    case VecKind::reduce_sum:
      return {std::accumulate(row.x.begin(), row.x.begin() + std::ptrdiff_t(row.seen()), 0.0)};
    case VecKind::reduce_max:
      return {maximum(row, 1)};
    case VecKind::exp:
      return exponentials(row, 0);
    case VecKind::softmax:
      return softmax(row);
    case VecKind::layernorm:
      return normed(row, row.sum() / row.count());
    case VecKind::rmsnorm:
      return normed(row, 0);
    case VecKind::rope:
      return rope(row);
    default:
      break;
  }
  Values out(row.size());
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = element(row.op.kind, row.x[j], row.y[j]);
  return out;
}

/// The row's part of y; the scalar where there is none.
Values second_input(const Vec& op, const Values& y, std::int64_t row) {
  const auto cols = static_cast<std::size_t>(op.cols);
  if (!op.y) return Values(cols, op.scalar);
  if (op.y_broadcast == Broadcast::column) return Values(cols, y[static_cast<std::size_t>(row)]);
  const auto from = y.begin() + (op.y_broadcast == Broadcast::row ? 0 : row * op.cols);
  return {from, from + op.cols};
}

Values by_rows(const Vec& op, const Values& x, const Values& y) {
  Values out;
  const std::span<const double> all{x};
  for (std::int64_t r = 0; r < op.rows; ++r) {
    const auto part =
        all.subspan(static_cast<std::size_t>(r * op.cols), static_cast<std::size_t>(op.cols));
    const Values row = of_row({op, r, part, second_input(op, y, r)});
    out.insert(out.end(), row.begin(), row.end());
  }
  return out;
}

/// Maximum or mean of a channel's window whose first corner is at (top, left).
double pooled(const Vec& op, const Values& x, std::int64_t top, std::int64_t left,
              std::int64_t channel) {
  const std::int64_t kh = op.window[2], kw = op.window[3];
  double sum = 0, most = -std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < kh * kw; ++i) {
    const std::int64_t pixel = (top + i / kw) * op.window[1] + left + i % kw;
    const double value = x[static_cast<std::size_t>(pixel * op.cols + channel)];
    sum += value;
    most = larger(most, value);
  }
  return op.kind == VecKind::pool_max ? most : sum / static_cast<double>(kh * kw);
}

Values pool(const Vec& op, const Values& x) {
  const std::int64_t pixels = output_elements(op) / op.cols;
  const std::int64_t width = (op.window[1] - op.window[3]) / op.stride[1] + 1;
  Values out;
  for (std::int64_t i = 0; i < pixels; ++i) {
    for (std::int64_t c = 0; c < op.cols; ++c)
      out.push_back(pooled(op, x, i / width * op.stride[0], i % width * op.stride[1], c));
  }
  return out;
}

bool all_integer(const Vec& op) {
  return is_integer(op.x_type) && is_integer(op.dst_type) && (!op.y || is_integer(op.y_type));
}

}  // namespace

void apply(const Site& site, const Vec& op) {
  const Values x = site.read(op.x, op.rows * op.cols, op.x_type);
  const Values y = op.y ? site.read(*op.y, second_input_elements(op), op.y_type) : Values{};
  const bool pools = op.kind == VecKind::pool_max || op.kind == VecKind::pool_avg;
  Values out = pools ? pool(op, x) : by_rows(op, x, y);
  if (!all_integer(op)) {
    for (double& value : out) value = static_cast<float>(value);
  }
  site.write(op.dst, op.dst_type, out);
}

}  // namespace npulse::isa::functional
