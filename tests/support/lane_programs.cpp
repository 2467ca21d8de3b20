// SPDX-License-Identifier: Apache-2.0
#include "tests/support/lane_programs.h"

#include <cmath>
#include <functional>
#include <limits>

namespace npulse::test {
namespace {

const std::plus<double> kAdd;
const std::minus<double> kSub;
const std::multiplies<double> kMul;
constexpr auto kMax = [](double a, double b) { return std::max(a, b); };
constexpr auto kExp = [](double a) { return std::exp(a); };
constexpr auto kRsqrt = [](double a) { return 1 / std::sqrt(a); };

std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

/// A pass over all rows that reduces each to one value; `body(row, first, count, running)`.
template <class F, class Body>
Values reduce(LaneMachine& lanes, const Rows& shape, F f, double neutral, Body body) {
  Values results;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    Values running(index(lanes.lanes()), neutral);
    lanes.groups(shape.seen(row), [&](std::int64_t first, std::int64_t count) {
      lanes.accumulate(f, running, body(row, row * shape.cols + first, count));
    });
    results.push_back(lanes.tree(f, running));
  }
  lanes.end_pass();
  return results;
}

/// The same function of one value a row, for all rows.
template <class F>
Values once_a_row(const LaneMachine& lanes, Values values, F f) {
  lanes.groups(static_cast<std::int64_t>(values.size()), [&](auto first, auto count) {
    const Values group = f(Values(values.begin() + first, values.begin() + first + count));
    std::copy(group.begin(), group.end(), values.begin() + first);
  });
  return values;
}

/// A pass that writes; weights of the columns stay in the unit once read.
template <class Body>
void each_group(LaneMachine& lanes, const Rows& shape, Body body) {
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    lanes.groups(shape.seen(row), [&](std::int64_t first, std::int64_t count) {
      body(row, first, row * shape.cols + first, count);
    });
  }
}

Values part(const Values& held, std::int64_t first, std::int64_t count) {
  return {held.begin() + first, held.begin() + first + count};
}

Values hold(LaneMachine& lanes, const Values& weight) {
  return lanes.load(weight, 0, static_cast<std::int64_t>(weight.size()));
}

}  // namespace

Values softmax(LaneMachine& lanes, const Rows& shape, const Values& x, double scale) {
  Values dst(x.size());
  const auto largest =
      reduce(lanes, shape, kMax, -std::numeric_limits<double>::infinity(),
             [&](std::int64_t, std::int64_t at, std::int64_t n) { return lanes.load(x, at, n); });
  auto sums = reduce(lanes, shape, kAdd, 0, [&](std::int64_t row, std::int64_t at, std::int64_t n) {
    auto v = lanes.simple(kSub, lanes.load(x, at, n), largest[index(row)]);
    v = lanes.transcendental(kExp, lanes.simple(kMul, v, scale));
    lanes.store(dst, at, v);
    return v;
  });
  const auto reciprocals = once_a_row(lanes, sums, [&](const Values& sum) {
    return lanes.transcendental([](double a) { return 1 / a; }, sum);
  });
  each_group(lanes, shape, [&](std::int64_t row, std::int64_t, std::int64_t at, std::int64_t n) {
    lanes.store(dst, at, lanes.simple(kMul, lanes.load(dst, at, n), reciprocals[index(row)]));
  });
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    lanes.store(dst, row * shape.cols + shape.seen(row),
                Values(index(shape.cols - shape.seen(row)), 0));
  }
  return dst;
}

Values layernorm(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& weight,
                 double epsilon) {
  Values dst(x.size());
  const double share = 1 / static_cast<double>(shape.cols);
  const auto sums =
      reduce(lanes, shape, kAdd, 0,
             [&](std::int64_t, std::int64_t at, std::int64_t n) { return lanes.load(x, at, n); });
  const auto means =
      once_a_row(lanes, sums, [&](const Values& sum) { return lanes.simple(kMul, sum, share); });
  const auto squares =
      reduce(lanes, shape, kAdd, 0, [&](std::int64_t row, std::int64_t at, std::int64_t n) {
        const auto v = lanes.simple(kSub, lanes.load(x, at, n), means[index(row)]);
        return lanes.simple(kMul, v, v);
      });
  const auto factors = once_a_row(lanes, squares, [&](const Values& sum) {
    return lanes.transcendental(kRsqrt,
                                lanes.simple(kAdd, lanes.simple(kMul, sum, share), epsilon));
  });
  const Values held = hold(lanes, weight);
  each_group(lanes, shape,
             [&](std::int64_t row, std::int64_t first, std::int64_t at, std::int64_t n) {
               auto v = lanes.simple(kSub, lanes.load(x, at, n), means[index(row)]);
               v = lanes.simple(kMul, v, factors[index(row)]);
               if (!held.empty()) v = lanes.simple(kMul, v, part(held, first, n));
               lanes.store(dst, at, v);
             });
  return dst;
}

Values rmsnorm(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& weight,
               double epsilon) {
  Values dst(x.size());
  const auto squares =
      reduce(lanes, shape, kAdd, 0, [&](std::int64_t, std::int64_t at, std::int64_t n) {
        const auto v = lanes.load(x, at, n);
        return lanes.simple(kMul, v, v);
      });
  const auto factors = once_a_row(lanes, squares, [&](const Values& sum) {
    const auto mean = lanes.simple(kMul, sum, 1 / static_cast<double>(shape.cols));
    return lanes.transcendental(kRsqrt, lanes.simple(kAdd, mean, epsilon));
  });
  const Values held = hold(lanes, weight);
  each_group(lanes, shape,
             [&](std::int64_t row, std::int64_t first, std::int64_t at, std::int64_t n) {
               auto v = lanes.simple(kMul, lanes.load(x, at, n), factors[index(row)]);
               if (!held.empty()) v = lanes.simple(kMul, v, part(held, first, n));
               lanes.store(dst, at, v);
             });
  return dst;
}

Values rope(LaneMachine& lanes, const Rows& shape, const Values& x, const Values& table,
            double base) {
  Values dst(x.size());
  const std::int64_t half = shape.cols / 2;
  const Values held = hold(lanes, table);
  Values columns, frequencies;
  for (std::int64_t j = 0; j < half; ++j) columns.push_back(static_cast<double>(j));
  if (table.empty()) {
    frequencies = once_a_row(lanes, columns, [&](const Values& j) {
      const double slope = -std::log(base) / static_cast<double>(half);
      return lanes.transcendental(kExp, lanes.simple(kMul, j, slope));
    });
  }
  // Pairs of all rows, one after another.
  lanes.groups(shape.rows * half, [&](std::int64_t first, std::int64_t count) {
    Values low, high, row, frequency, cosine, sine;
    for (std::int64_t p = first; p < first + count; ++p) {
      const std::int64_t r = p / half, j = p % half, at = r * shape.cols + j;
      low.push_back(lanes.load(x, at, 1)[0]);
      high.push_back(lanes.load(x, at + half, 1)[0]);
      row.push_back(static_cast<double>(r));
      if (table.empty()) frequency.push_back(frequencies[index(j)]);
      if (!table.empty()) cosine.push_back(held[index(j)]);
      if (!table.empty()) sine.push_back(held[index(j + half)]);
    }
    if (table.empty()) {
      const auto angle = lanes.simple(kMul, frequency, row);
      cosine = lanes.transcendental([](double a) { return std::cos(a); }, angle);
      sine = lanes.transcendental([](double a) { return std::sin(a); }, angle);
    }
    const auto first_half =
        lanes.simple(kSub, lanes.simple(kMul, low, cosine), lanes.simple(kMul, high, sine));
    const auto second_half =
        lanes.simple(kAdd, lanes.simple(kMul, high, cosine), lanes.simple(kMul, low, sine));
    for (std::int64_t p = first; p < first + count; ++p) {
      const std::int64_t at = p / half * shape.cols + p % half;
      lanes.store(dst, at, {first_half[index(p - first)]});
      lanes.store(dst, at + half, {second_half[index(p - first)]});
    }
  });
  return dst;
}

}  // namespace npulse::test
