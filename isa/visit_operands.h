// SPDX-License-Identifier: Apache-2.0
// Calls a function with every operand of an operation.
#pragma once

#include "isa/instruction.h"

namespace npulse::isa {

template <class Operation, class F>
void visit_operands(Operation& operation, F&& f) {
  const auto optional = [&](auto& operand) {
    if (operand) f(*operand);
  };
  std::visit(
      [&](auto& op) {
        using T = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<T, Dma>) { f(op.dst); f(op.src); }
        if constexpr (std::is_same_v<T, Mm>) { f(op.a); f(op.b); f(op.c); }
        if constexpr (std::is_same_v<T, Conv>) { f(op.ifm); f(op.weight); f(op.ofm); }
        if constexpr (std::is_same_v<T, Vec>) { f(op.dst); f(op.x); optional(op.y); }
        if constexpr (std::is_same_v<T, Xform>) { f(op.dst); f(op.src); optional(op.index); }
        if constexpr (std::is_same_v<T, Send>) f(op.src);
        if constexpr (std::is_same_v<T, Recv>) f(op.dst);
        if constexpr (std::is_same_v<T, Coll>) { f(op.src); f(op.dst); }
        if constexpr (std::is_same_v<T, Pim>) { f(op.matrix); f(op.x); f(op.out); }
        if constexpr (std::is_same_v<T, Opaque>) f(op.at);
      },
      operation);
}

}  // namespace npulse::isa
