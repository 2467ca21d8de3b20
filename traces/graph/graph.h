// SPDX-License-Identifier: Apache-2.0
// A model between importers and lowering: named tensors, and operations on them in an order in
// which they can be done. Shapes and types only; values are never kept.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sim/core/enum_names.h"

namespace npulse::graph {

/// Also those that no unit computes with: index tensors and masks take room and bandwidth, too.
enum class Type : std::uint8_t { i1, i4, i8, i16, i32, i64, fp8, bf16, fp16, fp32, fp64 };
std::span<const EnumName<Type>> enum_names(Type);
int bits_of(Type type);

struct Tensor {
  std::string name;
  Type type = Type::fp32;
  std::vector<std::int64_t> shape;  ///< Row-major; images are [n, c, h, w]. Empty: a scalar.
  bool constant = false;            ///< Weights and the like: known before the model runs.
  bool operator==(const Tensor&) const = default;
};

/// Two-dimensional, of x [n, c, h, w] and weights [oc, c / groups, kh, kw] (transposed: [c, oc /
/// groups, kh, kw]); a third input is the bias [oc]. One-dimensional ones have h = kh = 1.
struct Conv {
  std::array<std::int64_t, 2> stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> pads{};  ///< Top, left, bottom, right.
  std::int64_t groups = 1;
  bool transposed = false;
  std::array<std::int64_t, 2> output_padding{};  ///< Of a transposed one.
  bool operator==(const Conv&) const = default;
};

/// a [..., m, k] x b [..., k, n] with the leading dimensions broadcast; a third input is added.
struct Matmul {
  bool a_transposed = false, b_transposed = false;
  bool operator==(const Matmul&) const = default;
};

/// softmax(scale * q x k^T + mask) x v of q [n, heads, rows, d], k and v [n, kv_heads, columns, d].
/// A fourth input is the mask: added, or of type i1 true where a score counts; it broadcasts to
/// [n, heads, rows, columns].
struct Attention {
  std::int64_t heads = 1, kv_heads = 1;
  bool causal = false;  ///< The last row sees all columns, each row above it one less.
  double scale = 0;     ///< 0: 1 / sqrt(d).
  bool operator==(const Attention&) const = default;
};

struct Softmax {
  std::int64_t axis = -1;
  bool operator==(const Softmax&) const = default;
};

enum class NormKind : std::uint8_t { layer, rms, batch, instance, group };
std::span<const EnumName<NormKind>> enum_names(NormKind);

/// Over all dimensions from `axis` on (batch: for each channel). Further inputs: scale, bias, ...
struct Norm {
  NormKind kind = NormKind::layer;
  std::int64_t axis = -1;
  bool operator==(const Norm&) const = default;
};

enum class PoolKind : std::uint8_t { max, average };
std::span<const EnumName<PoolKind>> enum_names(PoolKind);

struct Pool {
  PoolKind kind = PoolKind::max;
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1};
  std::array<std::int64_t, 4> pads{};  ///< Top, left, bottom, right.
  bool operator==(const Pool&) const = default;
};

/// Element by element, inputs broadcast: `add`, `mul`, `relu`, `gelu`, `quantise`, ...
struct Elementwise {
  std::string kind;
  bool operator==(const Elementwise&) const = default;
};

/// `sum`, `mean`, `max`, ... over axes.
struct Reduce {
  std::string kind;
  std::vector<std::int64_t> axes;
  bool operator==(const Reduce&) const = default;
};

/// Moves elements and computes nothing: `reshape`, `transpose`, `concat`, `split`, `slice`, `pad`,
/// `gather`, `resize`, `cast`, ... A reshape is free, others cost their bytes.
struct Layout {
  std::string kind;
  std::vector<std::int64_t> perm;  ///< Of a transpose: output dimension i is input perm[i].
  bool operator==(const Layout&) const = default;
};

/// What the importer does not know: costed as the bytes of its inputs and outputs, and reported.
struct Opaque {
  std::string kind;
  bool operator==(const Opaque&) const = default;
};

using Operation =
    std::variant<Conv, Matmul, Attention, Softmax, Norm, Pool, Elementwise, Reduce, Layout, Opaque>;

using TensorId = std::size_t;  ///< Place in Graph::tensors.

struct Node {
  std::string name;
  Operation operation;
  std::vector<TensorId> inputs, outputs;
  std::string source;  ///< Where it stands in the imported file: `file:line:col`, or a node's name.
  bool operator==(const Node&) const = default;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< Each after those whose outputs it reads.
  std::vector<TensorId> inputs, outputs;
  bool operator==(const Graph&) const = default;
};

}  // namespace npulse::graph
