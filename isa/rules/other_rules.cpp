// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "isa/rules/checks.h"

namespace npulse::isa::rules {
namespace {

Fault fault(const Send& op) {
  return outside({"bytes", op.bytes}, 1);
}
Fault fault(const Recv& op) {
  return outside({"bytes", op.bytes}, 1);
}
Fault fault(const Coll& op) {
  return outside({"bytes", op.bytes}, 1);
}
Fault fault(const Cfg& op) {
  return too_long("key", op.key);
}
Fault fault(const Mark& op) {
  return too_long("name", op.name);
}

Fault fault(const Loop& op) {
  return outside({"count", op.count}, 0, std::numeric_limits<std::int64_t>::max());
}

Fault fault(const Pim& op) {
  if (auto f = any_outside({{"rows", op.rows}, {"cols", op.cols}}, 1)) return f;
  if (auto f = too_large("matrix", {op.rows, op.cols})) return f;
  if (op.matrix.space == Space::dram) return std::nullopt;
  return bad(fmt::format("the matrix is in {}", to_string(op.matrix.space)), "it must be in dram");
}

Fault fault(const Opaque& op) {
  if (auto f = any_outside({{"cycles", op.cycles},
                            {"bytes_read", op.bytes_read},
                            {"bytes_written", op.bytes_written}},
                           0))
    return f;
  return too_long("note", op.note);
}

template <class Op>
Fault fault(const Op&) {
  return std::nullopt;
}

}  // namespace

Fault fault_of_rest(const Operation& operation) {
  return std::visit([](const auto& op) { return fault(op); }, operation);
}

}  // namespace npulse::isa::rules
