// SPDX-License-Identifier: Apache-2.0
// Every operation's name and attributes, described once for the JSON reader, the writer and the
// tests.
#pragma once

#include <type_traits>
#include <utility>

#include "traces/graph/graph.h"

namespace npulse::graph {

template <class Op>
using Tag = std::type_identity<Op>;

enum class Need : std::uint8_t { optional, required };

constexpr const char* operation_name(Tag<Conv>) {
  return "conv";
}
template <class V>
void describe(V& field, Tag<Conv>) {
  field("stride", &Conv::stride);
  field("dilation", &Conv::dilation);
  field("pads", &Conv::pads);
  field("groups", &Conv::groups);
  field("transposed", &Conv::transposed);
  field("output_padding", &Conv::output_padding);
}

constexpr const char* operation_name(Tag<Matmul>) {
  return "matmul";
}
template <class V>
void describe(V& field, Tag<Matmul>) {
  field("a_transposed", &Matmul::a_transposed);
  field("b_transposed", &Matmul::b_transposed);
}

constexpr const char* operation_name(Tag<Attention>) {
  return "attention";
}
template <class V>
void describe(V& field, Tag<Attention>) {
  field("heads", &Attention::heads, Need::required);
  field("kv_heads", &Attention::kv_heads, Need::required);
  field("causal", &Attention::causal);
  field("scale", &Attention::scale);
}

constexpr const char* operation_name(Tag<Softmax>) {
  return "softmax";
}
template <class V>
void describe(V& field, Tag<Softmax>) {
  field("axis", &Softmax::axis);
}

constexpr const char* operation_name(Tag<Norm>) {
  return "norm";
}
template <class V>
void describe(V& field, Tag<Norm>) {
  field("kind", &Norm::kind, Need::required);
  field("axis", &Norm::axis);
}

constexpr const char* operation_name(Tag<Pool>) {
  return "pool";
}
template <class V>
void describe(V& field, Tag<Pool>) {
  field("kind", &Pool::kind, Need::required);
  field("kernel", &Pool::kernel, Need::required);
  field("stride", &Pool::stride);
  field("pads", &Pool::pads);
}

constexpr const char* operation_name(Tag<Elementwise>) {
  return "elementwise";
}
template <class V>
void describe(V& field, Tag<Elementwise>) {
  field("kind", &Elementwise::kind, Need::required);
}

constexpr const char* operation_name(Tag<Reduce>) {
  return "reduce";
}
template <class V>
void describe(V& field, Tag<Reduce>) {
  field("kind", &Reduce::kind, Need::required);
  field("axes", &Reduce::axes);
}

constexpr const char* operation_name(Tag<Layout>) {
  return "layout";
}
template <class V>
void describe(V& field, Tag<Layout>) {
  field("kind", &Layout::kind, Need::required);
  field("perm", &Layout::perm);
}

constexpr const char* operation_name(Tag<Opaque>) {
  return "opaque";
}
template <class V>
void describe(V& field, Tag<Opaque>) {
  field("kind", &Opaque::kind, Need::required);
}

/// `conv`, `matmul`, ...
inline const char* name_of(const Operation& operation) {
  return std::visit([]<class Op>(const Op&) { return operation_name(Tag<Op>{}); }, operation);
}

/// Calls `f` with the tag of each operation.
template <class F>
void for_each_operation(F f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (f(Tag<std::variant_alternative_t<I, Operation>>{}), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Operation>>{});
}

}  // namespace npulse::graph
