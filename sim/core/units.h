// SPDX-License-Identifier: Apache-2.0
// Strong integer units. Time and sizes are integers everywhere; only energy is a double.
#pragma once

#include <compare>
#include <cstdint>

namespace npulse {

/// A number that knows its unit: quantities of different units never mix.
template <class Tag, class Rep = std::int64_t>
class Quantity {
 public:
  using rep = Rep;
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep value) : value_{value} {}
  constexpr Rep count() const { return value_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity other) { value_ += other.value_; return *this; }
  constexpr Quantity& operator-=(Quantity other) { value_ -= other.value_; return *this; }
  constexpr Quantity& operator++() { ++value_; return *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, Rep k) { return Quantity{a.value_ * k}; }
  friend constexpr Quantity operator*(Rep k, Quantity a) { return a * k; }
  friend constexpr Rep operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

 private:
  Rep value_{};
};

using Cycles = Quantity<struct CyclesTag>;            ///< Ticks of one clock domain.
using Bytes = Quantity<struct BytesTag>;
using Picoseconds = Quantity<struct PicosecondsTag>;  ///< Time between clock domains.
using Hertz = Quantity<struct HertzTag>;
using Picojoules = Quantity<struct PicojoulesTag, double>;
using Milliwatts = Quantity<struct MilliwattsTag, double>;

/// A byte address inside one space.
using Address = std::uint64_t;

/// Rounds the quotient of two positive integers up.
template <class T>
constexpr T ceil_div(T a, T b) { return (a + b - 1) / b; }

/// Rounds `a` up to a multiple of `b`.
template <class T>
constexpr T round_up(T a, T b) { return ceil_div(a, b) * b; }

namespace literals {
constexpr Cycles operator""_cy(unsigned long long n) { return Cycles{static_cast<std::int64_t>(n)}; }
constexpr Bytes operator""_B(unsigned long long n) { return Bytes{static_cast<std::int64_t>(n)}; }
constexpr Bytes operator""_KiB(unsigned long long n) { return Bytes{static_cast<std::int64_t>(n) << 10}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return Bytes{static_cast<std::int64_t>(n) << 20}; }
constexpr Picoseconds operator""_ps(unsigned long long n) { return Picoseconds{static_cast<std::int64_t>(n)}; }
constexpr Picoseconds operator""_ns(unsigned long long n) { return Picoseconds{static_cast<std::int64_t>(n) * 1000}; }
}  // namespace literals

}  // namespace npulse
