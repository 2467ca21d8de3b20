// SPDX-License-Identifier: Apache-2.0
// Element types, address spaces and operands of instructions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/core/enum_names.h"
#include "sim/core/units.h"

namespace npulse::isa {

enum class DataType : std::uint8_t { i4, i8, i16, i32, fp8, bf16, fp16, fp32 };
std::span<const EnumName<DataType>> enum_names(DataType);

/// Bits of one element.
int bits_of(DataType type);

/// Bytes of `elements` elements, rounded up to a whole byte.
Bytes bytes_of(std::int64_t elements, DataType type);

/// `dram` is the chip's memory; `spm` and `acc` belong to a core; `shared` is an optional on-chip level.
enum class Space : std::uint8_t { dram, spm, acc, shared };
std::span<const EnumName<Space>> enum_names(Space);

constexpr int kMaxLoopDepth = 4;
constexpr int kMaxRank = 5;

/// What one enclosing loop adds: (modulo ? index % modulo : index) * stride.
struct LoopStep {
  std::int64_t stride = 0;
  std::uint32_t modulo = 0;  ///< 0: none.
  bool operator==(const LoopStep&) const = default;
};

/// Steps of the enclosing loops, innermost first.
using LoopSteps = std::array<LoopStep, kMaxLoopDepth>;

/// A place: space, owner and byte address.
struct Operand {
  Space space = Space::spm;
  std::optional<std::uint16_t> core;  ///< Owner of spm/acc; absent: the issuing core.
  Address address = 0;                ///< Bytes, before loop steps.
  LoopSteps steps{};
  bool operator==(const Operand&) const = default;
};

/// Up to five extents or strides, outermost first.
class Extents {
 public:
  constexpr Extents() = default;
  constexpr Extents(std::initializer_list<std::int64_t> values) {
    for (auto v : values) push_back(v);
  }
  constexpr void push_back(std::int64_t v) { values_.at(static_cast<std::size_t>(size_++)) = v; }
  constexpr int size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr std::int64_t operator[](int i) const { return values_[static_cast<std::size_t>(i)]; }
  constexpr std::int64_t& operator[](int i) { return values_[static_cast<std::size_t>(i)]; }
  constexpr auto begin() const { return values_.begin(); }
  constexpr auto end() const { return values_.begin() + size_; }
  constexpr bool operator==(const Extents&) const = default;
  constexpr std::int64_t product() const {
    std::int64_t p = 1;
    for (auto v : *this) p *= v;
    return p;
  }

 private:
  std::array<std::int64_t, kMaxRank> values_{};
  int size_ = 0;
};

/// Row-major strides, in elements, of a dense block of this shape.
Extents dense_strides(const Extents& shape);

}  // namespace npulse::isa
