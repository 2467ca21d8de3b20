// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/onnx/fold.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace npulse::importers {

namespace {

using graph::Type;
using Folding = std::optional<Numbers> (*)(const NodeImport& node, const Value& output);

bool is_integer(Type type) {
  return type == Type::i64 || type == Type::i32 || type == Type::i16 || type == Type::i8;
}

std::size_t count_of(const Value& value) {
  return static_cast<std::size_t>(*elements_of(value.shape));
}

/// Element `i` of the output, of input `k` broadcast to it.
double broadcast_number(const NodeImport& node, std::size_t k, const Value& output, std::size_t i) {
  const Value& input = node.input(k);
  return (*input.numbers)[broadcast_source(i, input.shape, output.shape)];
}

template <class F>
std::optional<Numbers> each(const Value& output, F number) {
  Numbers numbers(count_of(output));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number(i);
  return numbers;
}

std::optional<Numbers> same(const NodeImport& node, const Value&) {
  return node.numbers(0);
}

std::optional<Numbers> cast(const NodeImport& node, const Value& output) {
  if (output.type == Type::i1) {
    return each(output, [&](std::size_t i) { return node.numbers(0)[i] != 0 ? 1.0 : 0.0; });
  }
  if (!is_integer(output.type)) return node.numbers(0);
  return each(output, [&](std::size_t i) { return std::trunc(node.numbers(0)[i]); });
}

double divide(double a, double b, bool integer) {
  return integer ? std::trunc(a / b) : a / b;
}

/// Of integers with the divisor's sign, which fmod = 0 asks for.
double modulo(double a, double b) {
  return a - b * std::floor(a / b);
}

double binary_number(const std::string& op, double a, double b, bool integer) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return divide(a, b, integer);
  if (op == "Mod") return modulo(a, b);
  if (op == "Pow") return std::pow(a, b);
  if (op == "Max") return std::max(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Equal") return a == b;
  if (op == "Greater") return a > b;
  if (op == "GreaterOrEqual") return a >= b;
  if (op == "Less") return a < b;
  if (op == "LessOrEqual") return a <= b;
  if (op == "And") return a != 0 && b != 0;
  return a != 0 || b != 0;  // Or
}

std::optional<Numbers> binary(const NodeImport& node, const Value& output) {
  if (node.inputs() != 2) return std::nullopt;
  const bool integer = is_integer(node.input(0).type);
  return each(output, [&](std::size_t i) {
    return binary_number(node.op(), broadcast_number(node, 0, output, i),
                         broadcast_number(node, 1, output, i), integer);
  });
}

double unary_number(const std::string& op, double x) {
  if (op == "Neg") return -x;
  if (op == "Abs") return std::abs(x);
  if (op == "Floor") return std::floor(x);
  if (op == "Ceil") return std::ceil(x);
  if (op == "Sqrt") return std::sqrt(x);
  return x == 0;  // Not
}

std::optional<Numbers> unary(const NodeImport& node, const Value& output) {
  return each(output, [&](std::size_t i) { return unary_number(node.op(), node.numbers(0)[i]); });
}

std::optional<Numbers> where(const NodeImport& node, const Value& output) {
  return each(output, [&](std::size_t i) {
    return broadcast_number(node, broadcast_number(node, 0, output, i) != 0 ? 1 : 2, output, i);
  });
}

std::optional<Numbers> expand(const NodeImport& node, const Value& output) {
  return each(output, [&](std::size_t i) { return broadcast_number(node, 0, output, i); });
}

/// Output [outer, index, inner] of data [outer, n, inner].
std::optional<Numbers> gather(const NodeImport& node, const Value& output) {
  const Shape& data = node.input(0).shape;
  const std::size_t axis = node.axis(node.integer("axis", 0), data.size());
  const auto n = static_cast<std::size_t>(data[axis]);
  std::size_t inner = 1;
  for (std::size_t i = axis + 1; i < data.size(); ++i) inner *= static_cast<std::size_t>(data[i]);
  const Shape indices = node.integer_numbers(1);
  if (std::ranges::any_of(indices, [&](auto i) { return i < -data[axis] || i >= data[axis]; })) {
    node.fault("an index outside " + graph::shape_text(data));
  }
  return each(output, [&](std::size_t i) {
    const std::int64_t index = indices[i / inner % indices.size()];
    const auto from = static_cast<std::size_t>(index < 0 ? index + data[axis] : index);
    return node.numbers(0)[(i / inner / indices.size() * n + from) * inner + i % inner];
  });
}

std::optional<Numbers> concat(const NodeImport& node, const Value& output) {
  if (output.shape.size() != 1) return std::nullopt;
  Numbers numbers;
  for (const Value* input : node.all_inputs()) {
    numbers.insert(numbers.end(), input->numbers->begin(), input->numbers->end());
  }
  return numbers;
}

/// Of vectors.
std::optional<Numbers> slice(const NodeImport& node, const Value& output) {
  if (output.shape.size() != 1) return std::nullopt;
  const Shape starts = node.integers_or_input("starts", 1),
              steps = node.integers_or_input("steps", 4);
  if (count_of(output) == 0) return Numbers{};
  if (starts.empty()) return node.numbers(0);
  const auto n = static_cast<std::int64_t>(node.numbers(0).size());
  const std::int64_t step = steps.empty() ? 1 : steps[0];
  const std::int64_t start =
      std::clamp<std::int64_t>(starts[0] < 0 ? starts[0] + n : starts[0], 0, n - 1);
  return each(output, [&](std::size_t i) {
    return node.numbers(0)[static_cast<std::size_t>(start + static_cast<std::int64_t>(i) * step)];
  });
}

/// Over all elements.
std::optional<Numbers> reduce(const NodeImport& node, const Value& output) {
  if (count_of(output) != 1) return std::nullopt;
  const Numbers& x = node.numbers(0);
  if (node.op() == "ReduceProd")
    return Numbers{std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<>{})};
  if (node.op() == "ReduceSum") return Numbers{std::accumulate(x.begin(), x.end(), 0.0)};
  if (x.empty()) return std::nullopt;
  return Numbers{node.op() == "ReduceMax" ? std::ranges::max(x) : std::ranges::min(x)};
}

/// Absent for operators that shapes are not computed with.
Folding folding_of(const std::string& op) {
  static const std::map<std::string, Folding> kFoldings{
      {"Abs", unary},         {"Add", binary},
      {"And", binary},        {"Cast", cast},
      {"Ceil", unary},        {"Concat", concat},
      {"Div", binary},        {"Equal", binary},
      {"Expand", expand},     {"Flatten", same},
      {"Floor", unary},       {"Gather", gather},
      {"Greater", binary},    {"GreaterOrEqual", binary},
      {"Less", binary},       {"LessOrEqual", binary},
      {"Max", binary},        {"Min", binary},
      {"Mod", binary},        {"Mul", binary},
      {"Neg", unary},         {"Not", unary},
      {"Or", binary},         {"Pow", binary},
      {"ReduceMax", reduce},  {"ReduceMin", reduce},
      {"ReduceProd", reduce}, {"ReduceSum", reduce},
      {"Reshape", same},      {"Slice", slice},
      {"Sqrt", unary},        {"Squeeze", same},
      {"Sub", binary},        {"Unsqueeze", same},
      {"Where", where}};
  const auto found = kFoldings.find(op);
  return found == kFoldings.end() ? nullptr : found->second;
}

}  // namespace

std::optional<Numbers> fold(const NodeImport& node, const Value& output) {
  const Folding folding = folding_of(node.op());
  if (!folding || *elements_of(output.shape) > kMostNumbers) return std::nullopt;
  const auto inputs = node.all_inputs();
  const bool known =
      std::ranges::all_of(inputs, [](const Value* v) { return v->numbers.has_value(); });
  return known ? folding(node, output) : std::nullopt;
}

}  // namespace npulse::importers
