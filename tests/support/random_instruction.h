// SPDX-License-Identifier: Apache-2.0
// Instructions with random values in every field, whether or not they make sense.
#pragma once

#include <bit>
#include <random>

#include "isa/fields.h"

namespace npulse::isa::tests {

class RandomInstruction {
 public:
  explicit RandomInstruction(std::uint64_t seed) : random_{seed} {}

  /// Events and queues stay below `names`.
  Instruction make(std::size_t names) {
    Instruction out;
    out.operation = any_operation(random_() % std::variant_size_v<Operation>);
    std::visit([&](auto& op) { fill(op); }, out.operation);
    if (random_() % 4) out.queue = static_cast<std::uint16_t>(random_() % names);
    for (auto n = random_() % 3; n-- > 0;) {
      out.waits.push_back({static_cast<EventId>(random_() % names), number(), steps()});
      out.signals.push_back({static_cast<EventId>(random_() % names), number()});
    }
    return out;
  }

 private:
  template <std::size_t I = 0>
  static Operation any_operation(std::size_t index) {
    if constexpr (I + 1 < std::variant_size_v<Operation>) {
      if (index != I) return any_operation<I + 1>(index);
    }
    return Operation{std::in_place_index<I>};
  }

  template <class Op>
  void fill(Op& op) {
    const auto field = [&](int, const char*, auto member, Role, const char*) {
      if (random_() % 3) set(op.*member);
    };
    describe(field, Of<Op>{});
  }

  /// Any magnitude, extremes included.
  std::int64_t number() { return static_cast<std::int64_t>(random_()) >> (random_() % 64); }

  LoopSteps steps() {
    LoopSteps result{};
    for (auto& step : result) {
      if (random_() % 2)
        step = {number(), static_cast<std::uint32_t>(random_() >> (32 + random_() % 32))};
    }
    return result;
  }

  void set(bool& v) { v = random_() % 2; }
  void set(std::int64_t& v) { v = number(); }
  void set(double& v) {
    do {
      v = std::bit_cast<double>(random_());
    } while (v != v);
  }
  void set(std::string& v) {
    v.clear();
    for (auto n = random_() % 20; n-- > 0;) v += static_cast<char>(random_());
  }
  void set(Extents& v) {
    v = {};
    for (auto n = random_() % 6; n-- > 0;) v.push_back(number());
  }
  void set(Operand& v) {
    set(v.space);
    if (random_() % 2) v.core = static_cast<std::uint16_t>(random_() % 65536);
    v.address = random_() >> (random_() % 64);
    v.steps = steps();
  }
  template <class T>
  requires std::is_unsigned_v<T>
  void set(T& v) { v = static_cast<T>(random_()); }
  template <NamedEnum E>
  void set(E& v) {
    v = static_cast<E>(random_() % enum_names(E{}).size());
  }
  template <class T>
  void set(std::optional<T>& v) {
    set(v.emplace());
  }

  std::mt19937_64 random_;
};

}  // namespace npulse::isa::tests
