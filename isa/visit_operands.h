// SPDX-License-Identifier: Apache-2.0
// Calls a function with every operand of an operation.
#pragma once

#include "isa/fields.h"

namespace npulse::isa {

template <class Operation, class F>
void visit_operands(Operation& operation, F&& f) {
  std::visit(
      [&](auto& op) {
        const auto field = [&](int, const char*, auto member, Role, const char*) {
          using M = std::decay_t<decltype(op.*member)>;
          if constexpr (std::is_same_v<M, Operand>) f(op.*member);
          if constexpr (std::is_same_v<M, std::optional<Operand>>) {
            if (op.*member) f(*(op.*member));
          }
        };
        describe(field, Of<std::decay_t<decltype(op)>>{});
      },
      operation);
}

}  // namespace npulse::isa
