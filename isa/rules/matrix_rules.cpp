// SPDX-License-Identifier: Apache-2.0
#include "isa/rules/checks.h"
#include "isa/shapes.h"

namespace npulse::isa::rules {
namespace {

Fault sparsity_fault(const Mm& op) {
  if (op.sparse_n == 0 && op.sparse_m == 0) return std::nullopt;
  if (op.sparse_n >= 1 && op.sparse_n <= op.sparse_m) return std::nullopt;
  return bad(fmt::format("sparsity {}:{}", op.sparse_n, op.sparse_m),
             "allowed: N:M with 1 <= N <= M");
}

Fault kernel_fault(const Conv& op) {
  if (auto fault = too_large("dilated kernel", {op.kh, op.dilation_h})) return fault;
  if (auto fault = too_large("dilated kernel", {op.kw, op.dilation_w})) return fault;
  if (op.c % op.groups == 0 && op.oc % op.groups == 0) return std::nullopt;
  return bad(fmt::format("groups = {}", op.groups), "it must divide c and oc");
}

Fault conv_size_fault(const Conv& op) {
  const ConvOutput out = conv_output(op);
  if (out.h < 1 || out.w < 1) return bad("the kernel is larger than the padded input");
  if (auto fault = too_large("ifm", {op.h, op.w, op.c})) return fault;
  return too_large("conv", {out.h, out.w, op.oc, op.kh, op.kw, op.c});
}

}  // namespace

Fault fault_of(const Mm& op) {
  if (auto fault = any_outside({{"m", op.m}, {"n", op.n}, {"k", op.k}}, 1)) return fault;
  if (auto fault = too_large("mm", {op.m, op.n, op.k})) return fault;
  if (auto fault = sparsity_fault(op)) return fault;
  if (auto fault = not_local("a", op.a)) return fault;
  if (auto fault = not_local("b", op.b)) return fault;
  return not_local("c", op.c);
}

Fault fault_of(const Conv& op) {
  const auto sizes = {Named{"h", op.h},
                      {"w", op.w},
                      {"c", op.c},
                      {"oc", op.oc},
                      {"kh", op.kh},
                      {"kw", op.kw},
                      {"stride_h", op.stride_h},
                      {"stride_w", op.stride_w},
                      {"dilation_h", op.dilation_h},
                      {"dilation_w", op.dilation_w},
                      {"groups", op.groups}};
  const auto paddings = {Named{"pad_top", op.pad_top},
                         {"pad_left", op.pad_left},
                         {"pad_bottom", op.pad_bottom},
                         {"pad_right", op.pad_right}};
  if (auto fault = any_outside(sizes, 1)) return fault;
  if (auto fault = any_outside(paddings, 0)) return fault;
  if (auto fault = kernel_fault(op)) return fault;
  if (auto fault = conv_size_fault(op)) return fault;
  if (auto fault = not_local("ifm", op.ifm)) return fault;
  if (auto fault = not_local("weight", op.weight)) return fault;
  return not_local("ofm", op.ofm);
}

}  // namespace npulse::isa::rules
