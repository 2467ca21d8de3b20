// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "arch/dram/map_bits.h"
#include "arch/dram/power_of_two.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

/// Hands out address bits from the bottom up.
class Builder {
 public:
  Builder(const Organisation& organisation, std::int64_t channels)
      : widths_{field_widths(organisation, channels)}, next_{log2_of(organisation.burst_bytes())} {}

  /// Gives `field` up to `count` of the bits that it still lacks.
  Builder& take(Field field, int count = 64) {
    FieldBits& bits = bits_[index(field)];
    const int missing = widths_[index(field)] - static_cast<int>(bits.size());
    for (int i = 0; i < std::min(count, missing); ++i) bits.push_back(bit(next_++));
    return *this;
  }
  /// XORs all bits of `other` into those of `field`, going round.
  void hash(Field field, Field other) {
    FieldBits& bits = bits_[index(field)];
    const FieldBits& source = bits_[index(other)];
    for (std::size_t i = 0; i < source.size() && !bits.empty(); ++i)
      bits[i % bits.size()] ^= source[i];
  }
  void hash_bit(Field field, std::size_t i, int address_bit) {
    bits_[index(field)][i] ^= bit(address_bit);
  }
  /// XORs the bits of `from` from `first` on into those of `field`; where the next ones begin.
  std::size_t hash_in_turn(Field field, Field from, std::size_t first) {
    for (std::uint64_t& bits : bits_[index(field)]) {
      const FieldBits& source = bits_[index(from)];
      if (first < source.size()) bits ^= source[first++];
    }
    return first;
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

/// XORs the channel with all groups of higher address bits up to `last`, but for its lowest `skip`
/// bits. The channel begins at address bit `first`.
void hash_channels(Builder& map, int first, int skip, int last) {
  const auto width = static_cast<int>(map.width(Field::channel));
  const int hashed = width - skip;
  if (hashed < 1) return;
  for (int b = 0; first + width + b <= last && first + width + b < map.next(); ++b) {
    map.hash_bit(Field::channel, static_cast<std::size_t>(skip + b % hashed), first + width + b);
  }
}

/// Rows and ranks; ranks that are no power of two come last, so that only memory's end is unused.
void take_rows(Builder& map, const Organisation& o) {
  if (is_power_of_two(o.ranks)) map.take(Field::rank);
  map.take(Field::row).take(Field::rank);
}

MapBits bgi_bits(Builder map, const Organisation& o, int low, bool hash) {
  map.take(Field::column, low);
  const int channel_bit = map.next();
  map.take(Field::channel).take(Field::pseudo_channel).take(Field::bank_group);
  map.take(Field::column).take(Field::bank);
  take_rows(map, o);
  if (hash) {
    // Streams in different rows then use different banks, and tiles with any pitch all groups and
    // channels.
    map.hash(Field::bank, Field::row);
    map.hash(Field::bank_group, Field::bank);
    hash_channels(map, channel_bit, 0, map.next());
  }
  return map.bits();
}

MapBits rbc_bits(Builder map, const Organisation& o, int low) {
  map.take(Field::column, low).take(Field::channel).take(Field::pseudo_channel);
  map.take(Field::column).take(Field::bank_group).take(Field::bank);
  take_rows(map, o);
  return map.bits();
}

MapBits rngd_bits(Builder map, const Organisation& o, int low) {
  constexpr int kStackBits = 1, kLastHashedBit = 28;
  // A granule holds a part in each pseudo-channel.
  map.take(Field::column, std::max(0, low - log2_of(o.pseudo_channels)));
  map.take(Field::pseudo_channel);
  const int channel_bit = map.next();
  map.take(Field::channel).take(Field::bank_group, 1).take(Field::column);
  map.take(Field::bank).take(Field::bank_group);
  take_rows(map, o);
  hash_channels(map, channel_bit, kStackBits, kLastHashedBit);
  return map.bits();
}

/// Ranks where the preset has them, unless they must come last.
void take_ranks(Builder& map, const Organisation& o) {
  if (is_power_of_two(o.ranks)) map.take(Field::rank);
}

MapBits robaracoch_bits(Builder map, const Organisation& o, int low) {
  map.take(Field::column, low).take(Field::channel).take(Field::column);
  map.take(Field::pseudo_channel);
  take_ranks(map, o);
  map.take(Field::bank_group).take(Field::bank).take(Field::row).take(Field::rank);
  return map.bits();
}

MapBits rocorabach_bits(Builder map, const Organisation& o, int low) {
  map.take(Field::column, low).take(Field::channel).take(Field::pseudo_channel);
  map.take(Field::bank_group).take(Field::bank);
  take_ranks(map, o);
  map.take(Field::column).take(Field::row).take(Field::rank);
  return map.bits();
}

MapBits chrabaroco_bits(Builder map, const Organisation& o) {
  map.take(Field::column).take(Field::row).take(Field::bank).take(Field::bank_group);
  take_ranks(map, o);
  map.take(Field::pseudo_channel).take(Field::channel).take(Field::rank);
  return map.bits();
}

MapBits mop4clxor_bits(Builder map, const Organisation& o, int low) {
  map.take(Field::column, low).take(Field::channel).take(Field::pseudo_channel);
  take_ranks(map, o);
  map.take(Field::bank_group).take(Field::bank).take(Field::column).take(Field::row);
  std::size_t next = 0;
  for (const Field field :
       {Field::pseudo_channel, Field::rank, Field::bank_group, Field::bank, Field::row}) {
    next = map.hash_in_turn(field, Field::column, next);
  }
  map.take(Field::rank);
  return map.bits();
}

}  // namespace

MapBits preset_bits(const Organisation& o, std::int64_t channels, const MappingParams& params) {
  const int burst_bits = log2_of(o.burst_bytes());
  const int low = std::max(0, log2_of(params.granule_bytes) - burst_bits);
  const Builder map{o, channels};
  switch (params.preset) {
    case MapPreset::bgi:
      return bgi_bits(map, o, low, false);
    case MapPreset::bgi_xor:
      return bgi_bits(map, o, low, true);
    case MapPreset::rbc:
    case MapPreset::rorabacoch:
      return rbc_bits(map, o, low);
    case MapPreset::rngd:
      return rngd_bits(map, o, low);
    case MapPreset::robaracoch:
      return robaracoch_bits(map, o, low);
    case MapPreset::rocorabach:
      return rocorabach_bits(map, o, low);
    case MapPreset::chrabaroco:
      return chrabaroco_bits(map, o);
    case MapPreset::mop4clxor:
      return mop4clxor_bits(map, o, low);
  }
  throw InternalError{"a map preset without bits"};
}

}  // namespace npulse::dram
