// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "isa/rules/checks.h"

namespace npulse::isa::rules {
namespace {

bool is_pool(VecKind kind) {
  return kind == VecKind::pool_max || kind == VecKind::pool_avg;
}

bool takes_second_input(VecKind kind) {
  switch (kind) {
    case VecKind::add:
    case VecKind::sub:
    case VecKind::mul:
    case VecKind::max:
    case VecKind::min:
    case VecKind::layernorm:
    case VecKind::rmsnorm:
    case VecKind::rope:
    case VecKind::quantise:
    case VecKind::dequantise:
      return true;
    default:
      return false;
  }
}

bool masks(VecKind kind) {
  return kind == VecKind::softmax || kind == VecKind::exp || kind == VecKind::reduce_sum ||
         kind == VecKind::reduce_max;
}

Fault second_input_fault(const Vec& op) {
  if (op.y && !takes_second_input(op.kind))
    return bad(fmt::format("{} takes no y", to_string(op.kind)));
  if (!op.y && op.y_broadcast != Broadcast::none) return bad("y_broadcast without y");
  return op.y ? not_local("y", *op.y) : std::nullopt;
}

Fault pool_fault(const Vec& op) {
  if (!is_pool(op.kind)) {
    if (op.window.empty() && op.stride.empty()) return std::nullopt;
    return bad(fmt::format("{} takes no window or stride", to_string(op.kind)));
  }
  if (auto fault = extents_fault("window", op.window, 4, 1)) return fault;
  if (auto fault = extents_fault("stride", op.stride, 2, 1)) return fault;
  if (auto fault = too_large("window", {op.window[0], op.window[1]})) return fault;
  const auto [h, w, kh, kw] = std::array{op.window[0], op.window[1], op.window[2], op.window[3]};
  if (kh > h || kw > w) return bad("the pooling kernel is larger than its input");
  return outside({"rows of pooling, h * w of the window,", op.rows}, h * w, h * w);
}

bool is_permutation_of(const Extents& perm, int rank) {
  if (perm.size() != rank) return false;
  for (int i = 0; i < rank; ++i) {
    if (std::find(perm.begin(), perm.end(), i) == perm.end()) return false;
  }
  return true;
}

Fault index_fault(const Xform& op) {
  const bool indexed = op.kind == XformKind::gather || op.kind == XformKind::scatter;
  if (indexed != op.index.has_value()) {
    return bad(fmt::format("{} {} index", to_string(op.kind), indexed ? "needs" : "takes no"));
  }
  if (!indexed) return outside({"indices", op.indices}, 0, 0);
  if (auto fault = outside({"indices", op.indices}, 1)) return fault;
  if (auto fault = too_large("moved block", {op.indices, op.shape.product() / op.shape[0]}))
    return fault;
  return not_local("index", *op.index);
}

}  // namespace

Fault fault_of(const Vec& op) {
  if (auto fault = any_outside({{"rows", op.rows}, {"cols", op.cols}}, 1)) return fault;
  if (auto fault = too_large("x", {op.rows, op.cols})) return fault;
  if (auto fault = second_input_fault(op)) return fault;
  if (op.causal && !masks(op.kind))
    return bad("causal without softmax, exp, reduce_sum or reduce_max");
  if (auto fault = pool_fault(op)) return fault;
  if (auto fault = not_local("dst", op.dst)) return fault;
  return not_local("x", op.x);
}

Fault fault_of(const Xform& op) {
  if (auto fault = shape_fault("shape", op.shape)) return fault;
  if (auto fault = index_fault(op)) return fault;
  if (op.kind == XformKind::transpose && !is_permutation_of(op.perm, op.shape.size())) {
    return bad("perm is no permutation of the dimensions", "name each of 0 to rank - 1 once");
  }
  if (op.kind != XformKind::transpose && !op.perm.empty()) return bad("perm without transpose");
  if (auto fault = not_local("dst", op.dst)) return fault;
  return not_local("src", op.src);
}

}  // namespace npulse::isa::rules
