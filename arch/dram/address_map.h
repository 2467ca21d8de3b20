// SPDX-License-Identifier: Apache-2.0
// Where a byte of memory lives. Every bit of every field is an XOR of address bits, so a map is a
// matrix over GF(2); a number of channels that is no power of two is interleaved by division.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/dram/params.h"
#include "arch/dram/request.h"

namespace npulse::dram {

enum class Field : std::uint8_t { channel, pseudo_channel, rank, bank_group, bank, row, column };
constexpr std::size_t kFields = 7;
std::span<const EnumName<Field>> enum_names(Field);

/// The bits of one field from bit 0 up, each a set of address bits that are XORed.
using FieldBits = std::vector<std::uint64_t>;
using MapBits = std::array<FieldBits, kFields>;

struct Location {
  std::uint32_t channel = 0;
  DecodedAddress at;
};

class AddressMap {
 public:
  /// Throws InputError when the map does not give every byte a place of its own.
  AddressMap(const Organisation& organisation, std::int64_t channels, const MappingParams& params);

  Location decode(Address address) const;
  std::int64_t channels() const { return channels_; }
  Bytes capacity() const { return capacity_; }
  /// decode(a ^ b) is decode(a) ^ decode(b), field by field.
  bool linear() const { return modulo_channels_ == 1; }
  /// Aligned blocks of this size (a power of two) lie in one row, in order of columns.
  Bytes run_bytes() const { return Bytes{run_bytes_}; }

 private:
  /// Takes `mask` of the address shifted right by `from` to bit `to` of the field.
  struct Segment {
    std::uint64_t mask;
    std::uint8_t from, to;
  };
  using Segments = std::vector<Segment>;

  static Segments compile(const FieldBits& bits);
  std::uint64_t gather(Field field, Address address) const;

  std::array<Segments, kFields> segments_;
  std::int64_t modulo_channels_ = 1;  ///< Not 1: the channel is found by division.
  std::uint64_t granule_ = 1;
  std::uint64_t bank_shift_, rank_shift_;
  std::int64_t channels_;
  Bytes capacity_;
  std::int64_t run_bytes_;
};

}  // namespace npulse::dram
