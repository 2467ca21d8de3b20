// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/address_map.h"

#include <fmt/format.h>

#include <bit>

#include "arch/dram/map_bits.h"
#include "arch/dram/power_of_two.h"
#include "sim/core/error.h"

namespace npulse::dram {
namespace {

MapBits bits_of_map(const Organisation& organisation, std::int64_t channels,
                    const MappingParams& params) {
  if (params.bits.empty()) return preset_bits(organisation, channels, params);
  if (!is_power_of_two(channels)) {
    throw InputError{
        "mapping.bits",
        fmt::format("{} channels are no power of two, so that no bits select them", channels),
        "leave `bits` out and use a preset, or change the number of channels"};
  }
  return parse_bits(params);
}

/// Bytes from an aligned address on that differ only in the byte of a burst and the low column
/// bits.
std::int64_t run_length(const Organisation& organisation, const MapBits& bits) {
  std::int64_t run = organisation.burst_bytes();
  const FieldBits& columns = bits[static_cast<std::size_t>(Field::column)];
  for (const std::uint64_t column : columns) {
    int uses = 0;
    for (const FieldBits& field : bits) {
      for (const std::uint64_t mask : field) uses += (mask & static_cast<std::uint64_t>(run)) != 0;
    }
    if (uses != 1 || column != static_cast<std::uint64_t>(run)) break;
    run *= 2;
  }
  return run;
}

}  // namespace

std::span<const EnumName<Field>> enum_names(Field) {
  using enum Field;
  static constexpr EnumName<Field> kNames[] = {
      {channel, "channel"}, {pseudo_channel, "pseudo_channel"},
      {rank, "rank"},       {bank_group, "bank_group"},
      {bank, "bank"},       {row, "row"},
      {column, "column"}};
  return kNames;
}

AddressMap::AddressMap(const Organisation& organisation, std::int64_t channels,
                       const MappingParams& params)
    : bank_shift_{std::bit_width(static_cast<std::uint64_t>(organisation.banks - 1))},
      rank_shift_{bank_shift_ +
                  std::bit_width(static_cast<std::uint64_t>(organisation.bank_groups - 1))},
      channels_{channels},
      capacity_{channels * organisation.channel_bytes()} {
  Faults faults;
  params.check(faults, "mapping");
  faults.throw_if_any();
  const MapBits bits = bits_of_map(organisation, channels, params);
  check_bits(organisation, channels, bits);
  for (std::size_t f = 0; f < kFields; ++f) segments_[f] = compile(bits[f]);
  run_bytes_ = run_length(organisation, bits);
  if (!is_power_of_two(channels)) {
    modulo_channels_ = channels;
    granule_ =
        static_cast<std::uint64_t>(std::max(params.granule_bytes, organisation.burst_bytes()));
    run_bytes_ = std::min(run_bytes_, static_cast<std::int64_t>(granule_));
  }
}

/// Joins neighbouring field bits that take neighbouring address bits.
AddressMap::Segments AddressMap::compile(const FieldBits& bits) {
  Segments segments;
  for (std::size_t to = 0; to < bits.size(); ++to) {
    for (std::uint64_t rest = bits[to]; rest; rest &= rest - 1) {
      const int from = std::countr_zero(rest);
      bool joined = false;
      for (Segment& s : segments) {
        const auto width = static_cast<std::size_t>(std::popcount(s.mask));
        if (s.to + width != to || s.from + static_cast<int>(width) != from) continue;
        s.mask = (s.mask << 1) | 1;
        joined = true;
        break;
      }
      if (!joined) {
        segments.push_back({1, static_cast<std::uint8_t>(from), static_cast<std::uint8_t>(to)});
      }
    }
  }
  return segments;
}

std::uint64_t AddressMap::gather(Field field, Address address) const {
  std::uint64_t value = 0;
  for (const Segment& s : segments_[static_cast<std::size_t>(field)]) {
    value ^= ((address >> s.from) & s.mask) << s.to;
  }
  return value;
}

Location AddressMap::decode(Address address) const {
  Location location;
  if (modulo_channels_ == 1) {
    location.channel = static_cast<std::uint32_t>(gather(Field::channel, address));
  } else {
    const auto channels = static_cast<std::uint64_t>(modulo_channels_);
    const Address block = address / granule_;
    location.channel = static_cast<std::uint32_t>(block % channels);
    address = block / channels * granule_ + address % granule_;
  }
  location.at.pseudo_channel = static_cast<std::uint8_t>(gather(Field::pseudo_channel, address));
  location.at.bank = static_cast<std::uint8_t>(gather(Field::rank, address) << rank_shift_ |
                                               gather(Field::bank_group, address) << bank_shift_ |
                                               gather(Field::bank, address));
  location.at.row = static_cast<std::uint32_t>(gather(Field::row, address));
  location.at.column = static_cast<std::uint16_t>(gather(Field::column, address));
  return location;
}

}  // namespace npulse::dram
