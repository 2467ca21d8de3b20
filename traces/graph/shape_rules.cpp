// SPDX-License-Identifier: Apache-2.0
#include "traces/graph/shape_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace npulse::graph {
namespace {

template <class... Args>
void require(bool holds, fmt::format_string<Args...> text, Args&&... args) {
  if (!holds) throw ShapeFault{fmt::format(text, std::forward<Args>(args)...)};
}

void require_range(const char* what, std::span<const std::int64_t> values, std::int64_t least) {
  for (const std::int64_t value : values) {
    require(value >= least && value <= kMaxAttribute, "{} {} is not between {} and {}", what, value,
            least, kMaxAttribute);
  }
}

Window window_of(const Conv& conv, std::int64_t size, std::size_t direction) {
  return {size, conv.stride[direction], conv.dilation[direction], conv.pads[direction],
          conv.pads[direction + 2]};
}

/// One visit a kind of operation.
class Rules {
 public:
  Rules(std::span<const Shape> inputs, std::span<const Shape> outputs)
      : inputs_{inputs}, outputs_{outputs} {}

  void operator()(const Conv& conv) const {
    require_operands(2, 3);
    require_rank(0, 4, "[n, c, h, w]");
    require_rank(1, 4, "[oc, c / groups, kh, kw]");
    require_range("stride", conv.stride, 1);
    require_range("dilation", conv.dilation, 1);
    require_range("pad", conv.pads, 0);
    require_range("output_padding", conv.output_padding, 0);
    require_range("groups", {&conv.groups, 1}, 1);
    require_range("kernel", std::span{inputs_[1]}.subspan(2), 1);
    const std::int64_t channels = conv_channels(conv);
    if (inputs_.size() == 3) require_input(2, {channels});
    require_output({inputs_[0][0], channels, conv_length(conv, 0), conv_length(conv, 1)});
  }

  void operator()(const Matmul& matmul) const {
    require_operands(2, 3);
    const auto [m, k] = matrix(0, matmul.a_transposed);
    const auto [k_of_b, n] = matrix(1, matmul.b_transposed);
    require(k == k_of_b, "a is [..., {}, {}] and b is [..., {}, {}]: their inner lengths differ", m,
            k, k_of_b, n);
    auto shape = broadcast(leading(0), leading(1));
    require(shape.has_value(), "the leading dimensions of {} and {} do not broadcast",
            shape_text(inputs_[0]), shape_text(inputs_[1]));
    shape->insert(shape->end(), {m, n});
    if (inputs_.size() == 3) {
      require(broadcast(*shape, inputs_[2]) == shape, "input 2 {} does not broadcast to {}",
              shape_text(inputs_[2]), shape_text(*shape));
    }
    require_output(*shape);
  }

  void operator()(const Attention& attention) const {
    require(inputs_.size() >= 3, "needs q, k and v, has {} inputs", inputs_.size());
    for (const std::size_t i : {0, 1, 2}) require_rank(i, 4, "[n, heads, rows, d]");
    require_range("heads", {&attention.heads, 1}, 1);
    require_range("kv_heads", {&attention.kv_heads, 1}, 1);
    require(attention.heads % attention.kv_heads == 0, "kv_heads {} does not divide heads {}",
            attention.kv_heads, attention.heads);
    const Shape &q = inputs_[0], &k = inputs_[1], &v = inputs_[2];
    require_input(0, {q[0], attention.heads, q[2], q[3]});
    require_input(1, {q[0], attention.kv_heads, k[2], q[3]});
    require_input(2, {q[0], attention.kv_heads, k[2], v[3]});
    require_output({q[0], attention.heads, q[2], v[3]});
    require(attention.scale >= 0 && attention.scale <= kMaxScale, "scale {} is not from 0 to {}",
            attention.scale, kMaxScale);
    require(inputs_.size() <= 4, "has {} inputs, and knows q, k, v and a mask", inputs_.size());
    if (inputs_.size() < 4) return;
    const Shape scores{q[0], attention.heads, q[2], k[2]};
    require(broadcast(scores, inputs_[3]) == scores, "the mask {} does not broadcast to {}",
            shape_text(inputs_[3]), shape_text(scores));
  }

  void operator()(const Softmax& softmax) const {
    require_operands(1, 2);
    require_axis(softmax.axis);
    require_output(inputs_[0]);
  }

  void operator()(const Norm& norm) const {
    require(!inputs_.empty(), "has no input");
    require_axis(norm.axis);
    require_output(inputs_[0]);
  }

  void operator()(const Pool& pool) const {
    require_operands(1, 1);
    require_rank(0, 4, "[n, c, h, w]");
    require_range("kernel", pool.kernel, 1);
    require_range("stride", pool.stride, 1);
    require_range("pad", pool.pads, 0);
    Shape shape = inputs_[0];
    for (const std::size_t d : {0, 1}) {
      const Window window{pool.kernel[d], pool.stride[d], 1, pool.pads[d], pool.pads[d + 2]};
      shape[d + 2] = fitting(positions(window, shape[d + 2]));
    }
    require_output(shape);
  }

  void operator()(const Elementwise& elementwise) const {
    require(!inputs_.empty(), "has no input");
    // Scales and zero points lie along any one axis, so they do not broadcast.
    if (elementwise.kind.ends_with("quantise")) return require_output(inputs_[0]);
    Shape shape = inputs_[0];
    for (const Shape& input : inputs_.subspan(1)) {
      const auto both = broadcast(shape, input);
      require(both.has_value(), "inputs {} and {} do not broadcast", shape_text(shape),
              shape_text(input));
      shape = *both;
    }
    require_output(shape);
  }

  void operator()(const Reduce& reduce) const {
    require(!inputs_.empty(), "has no input");
    std::vector<bool> gone(inputs_[0].size(), reduce.axes.empty());
    for (const std::int64_t axis : reduce.axes) {
      const std::size_t place = require_axis(axis);
      require(!gone[place], "axis {} is given twice", axis);
      gone[place] = true;
    }
    Shape kept, dropped;
    for (std::size_t i = 0; i < gone.size(); ++i) {
      kept.push_back(gone[i] ? 1 : inputs_[0][i]);
      if (!gone[i]) dropped.push_back(inputs_[0][i]);
    }
    require(outputs_[0] == kept || outputs_[0] == dropped, "the output is {}; must be {} or {}",
            shape_text(outputs_[0]), shape_text(kept), shape_text(dropped));
  }

  void operator()(const Layout& layout) const {
    if (layout.kind == "transpose") return transposed(layout);
    require(layout.perm.empty(), "only a transpose has perm, '{}' has none", layout.kind);
    const bool whole = layout.kind == "reshape" || layout.kind == "split";
    if (!whole && layout.kind != "concat") return;
    require(!inputs_.empty(), "has no input");
    const std::int64_t in = elements(whole ? inputs_.first(1) : inputs_);
    const std::int64_t out = elements(outputs_);
    require(in == out, "a {} keeps all elements, but {} go in and {} come out", layout.kind, in,
            out);
  }

  void operator()(const Opaque&) const {}

 private:
  void require_operands(std::size_t least, std::size_t most) const {
    require(inputs_.size() >= least && inputs_.size() <= most, "has {} inputs; allowed: {} to {}",
            inputs_.size(), least, most);
  }
  void require_rank(std::size_t i, std::size_t rank, const char* meaning) const {
    require(inputs_[i].size() == rank, "input {} {} must have {} dimensions {}", i,
            shape_text(inputs_[i]), rank, meaning);
  }
  void require_input(std::size_t i, const Shape& shape) const {
    require(inputs_[i] == shape, "input {} is {}; must be {}", i, shape_text(inputs_[i]),
            shape_text(shape));
  }
  void require_output(const Shape& shape) const {
    require(outputs_[0] == shape, "the output is {}; must be {}", shape_text(outputs_[0]),
            shape_text(shape));
  }
  std::size_t require_axis(std::int64_t axis) const {
    const auto place = axis_index(axis, inputs_[0].size());
    require(place.has_value(), "axis {} is outside the {} dimensions of {}", axis,
            inputs_[0].size(), shape_text(inputs_[0]));
    return *place;
  }
  static std::int64_t fitting(std::int64_t length) {
    require(length >= 1, "the kernel does not fit into the padded input");
    return length;
  }

  /// Output channels, once those of input, weights and groups agree.
  std::int64_t conv_channels(const Conv& conv) const {
    const Shape &x = inputs_[0], &w = inputs_[1];
    const std::int64_t in = conv.transposed ? w[0] : w[1] * conv.groups;
    const std::int64_t out = conv.transposed ? w[1] * conv.groups : w[0];
    require(x[1] == in, "the input has {} channels, weights {} in {} groups take {}", x[1],
            shape_text(w), conv.groups, in);
    require(x[1] % conv.groups == 0 && out % conv.groups == 0,
            "groups {} does not divide {} input and {} output channels", conv.groups, x[1], out);
    return out;
  }
  std::int64_t conv_length(const Conv& conv, std::size_t d) const {
    const Window window = window_of(conv, inputs_[1][d + 2], d);
    const std::int64_t length = inputs_[0][d + 2];
    return fitting(conv.transposed ? spread(window, length, conv.output_padding[d])
                                   : positions(window, length));
  }

  std::pair<std::int64_t, std::int64_t> matrix(std::size_t i, bool swapped) const {
    const Shape& shape = inputs_[i];
    require(shape.size() >= 2, "input {} {} must have at least 2 dimensions", i, shape_text(shape));
    const std::int64_t rows = shape.end()[-2], columns = shape.end()[-1];
    return swapped ? std::pair{columns, rows} : std::pair{rows, columns};
  }
  std::span<const std::int64_t> leading(std::size_t i) const {
    return std::span{inputs_[i]}.first(inputs_[i].size() - 2);
  }

  void transposed(const Layout& layout) const {
    require(!inputs_.empty(), "has no input");
    std::vector<std::int64_t> places(inputs_[0].size());
    std::iota(places.begin(), places.end(), 0);
    require(
        std::is_permutation(places.begin(), places.end(), layout.perm.begin(), layout.perm.end()),
        "perm {} does not order the {} dimensions of {}", shape_text(layout.perm), places.size(),
        shape_text(inputs_[0]));
    Shape shape;
    for (const std::int64_t place : layout.perm) {
      shape.push_back(inputs_[0][static_cast<std::size_t>(place)]);
    }
    require_output(shape);
  }

  static std::int64_t elements(std::span<const Shape> shapes) {
    std::int64_t sum = 0;
    for (const Shape& shape : shapes) sum += product(shape, kMaxElements).value_or(kMaxElements);
    return sum;
  }

  std::span<const Shape> inputs_, outputs_;
};

}  // namespace

void check_shapes(const Operation& operation, std::span<const Shape> inputs,
                  std::span<const Shape> outputs) {
  std::visit(Rules{inputs, outputs}, operation);
}

}  // namespace npulse::graph
