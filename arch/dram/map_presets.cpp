// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "arch/dram/map_bits.h"

namespace npulse::dram {
namespace {

/// Hands out address bits from the bottom up.
class Builder {
 public:
  Builder(const Organisation& organisation, std::int64_t channels)
      : widths_{field_widths(organisation, channels)},
        next_{std::countr_zero(static_cast<std::uint64_t>(organisation.burst_bytes()))} {}

  /// Gives `field` up to `count` of the bits that it still lacks.
  Builder& take(Field field, int count = 64) {
    FieldBits& bits = bits_[index(field)];
    const int missing = widths_[index(field)] - static_cast<int>(bits.size());
    for (int i = 0; i < std::min(count, missing); ++i) bits.push_back(bit(next_++));
    return *this;
  }
  /// XORs bit i of `field` with the address bit that bit `from + i` of `other` starts with.
  void hash(Field field, Field other, std::size_t from) {
    const FieldBits& source = bits_[index(other)];
    FieldBits& bits = bits_[index(field)];
    for (std::size_t i = 0; i < bits.size() && from + i < source.size(); ++i) {
      bits[i] ^= source[from + i];
    }
  }
  void hash_bit(Field field, std::size_t i, int address_bit) {
    bits_[index(field)][i] ^= bit(address_bit);
  }
  std::size_t width(Field field) const { return bits_[index(field)].size(); }
  int next() const { return next_; }
  const MapBits& bits() const { return bits_; }

 private:
  static std::size_t index(Field field) { return static_cast<std::size_t>(field); }
  static std::uint64_t bit(int i) { return std::uint64_t{1} << i; }

  std::array<int, kFields> widths_;
  int next_;
  MapBits bits_;
};

/// The vendor XORs the channel with every group of higher bits up to this one.
constexpr int kRngdLastHashedBit = 28;

void hash_rngd_channels(Builder& map, int first_channel_bit) {
  const auto width = static_cast<int>(map.width(Field::channel));
  // The lowest channel bit selects the stack and is not hashed.
  const int hashed = width - 1;
  if (hashed < 1) return;
  for (int b = first_channel_bit + width; b <= kRngdLastHashedBit && b < map.next(); ++b) {
    map.hash_bit(Field::channel,
                 static_cast<std::size_t>(1 + (b - first_channel_bit - width) % hashed), b);
  }
}

}  // namespace

MapBits preset_bits(const Organisation& o, std::int64_t channels, const MappingParams& params) {
  const auto log2 = [](std::int64_t n) { return std::countr_zero(static_cast<std::uint64_t>(n)); };
  const int low = log2(std::max(params.granule_bytes, o.burst_bytes())) - log2(o.burst_bytes());
  const bool rank_on_top = !std::has_single_bit(static_cast<std::uint64_t>(o.ranks));
  Builder map{o, channels};
  int channel_bit = 0;
  if (params.preset == MapPreset::rngd) {
    // A granule holds both pseudo-channels' halves.
    map.take(Field::column, std::max(0, low - log2(o.pseudo_channels))).take(Field::pseudo_channel);
    channel_bit = map.next();
    map.take(Field::channel).take(Field::bank_group, 1).take(Field::column);
    map.take(Field::bank).take(Field::bank_group);
  } else {
    map.take(Field::column, low).take(Field::channel).take(Field::pseudo_channel);
    if (params.preset == MapPreset::rbc) map.take(Field::column);
    map.take(Field::bank_group).take(Field::column).take(Field::bank);
  }
  if (!rank_on_top) map.take(Field::rank);
  map.take(Field::row).take(Field::rank);
  if (params.preset == MapPreset::rngd) hash_rngd_channels(map, channel_bit);
  if (params.preset == MapPreset::bgi_xor) {
    map.hash(Field::bank, Field::row, 0);
    map.hash(Field::bank_group, Field::row, map.width(Field::bank));
  }
  return map.bits();
}

}  // namespace npulse::dram
