// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/map_bits.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <optional>

#include "sim/core/error.h"

namespace npulse::dram {
namespace {

constexpr const char* kWhere = "mapping.bits";

int bits_for(std::int64_t n) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n - 1)));
}

/// One bit's address bits from "9^13^17"; nothing when malformed.
std::optional<std::uint64_t> parse_terms(const std::string& text) {
  std::uint64_t mask = 0;
  const char* at = text.data();
  const char* end = at + text.size();
  while (true) {
    unsigned bit = 64;
    const auto [stop, error] = std::from_chars(at, end, bit);
    if (error != std::errc{} || bit > 62 || (mask >> bit) & 1) return std::nullopt;
    mask |= std::uint64_t{1} << bit;
    if (stop == end) return mask;
    if (*stop != '^') return std::nullopt;
    at = stop + 1;
  }
}

/// Rows of a GF(2) matrix are independent; otherwise the index of one that others make up.
std::optional<std::size_t> dependent_row(std::vector<std::uint64_t> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == 0) return i;
    const std::uint64_t pivot = rows[i] & (~rows[i] + 1);
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      if (rows[j] & pivot) rows[j] ^= rows[i];
    }
  }
  return std::nullopt;
}

/// Flattens fields to rows of the matrix, with a name for each.
struct Matrix {
  std::vector<std::uint64_t> rows;
  std::vector<std::string> names;
};

Matrix flatten(const Organisation& o, const MapBits& bits) {
  Matrix matrix;
  for (int b = 0; b < std::countr_zero(static_cast<std::uint64_t>(o.burst_bytes())); ++b) {
    matrix.rows.push_back(std::uint64_t{1} << b);
    matrix.names.push_back(fmt::format("byte {} of a burst", b));
  }
  for (const auto& [field, name] : enum_names(Field{})) {
    const FieldBits& list = bits[static_cast<std::size_t>(field)];
    for (std::size_t i = 0; i < list.size(); ++i) {
      matrix.rows.push_back(list[i]);
      matrix.names.push_back(fmt::format("{} bit {}", name, i));
    }
  }
  return matrix;
}

/// A count that is no power of two leaves its highest values unused, and only memory's end is
/// unused.
void check_partial(const Organisation& o, const MapBits& bits, int address_bits, Faults& faults) {
  const auto on_top = [&](Field field, std::int64_t count) {
    const FieldBits& list = bits[static_cast<std::size_t>(field)];
    if (std::has_single_bit(static_cast<std::uint64_t>(count))) return;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto wanted = std::uint64_t{1}
                          << (static_cast<std::size_t>(address_bits) - list.size() + i);
      if (list[i] == wanted) continue;
      faults.add(kWhere, fmt::format("{} = {} is no power of two: its bits must be the highest of "
                                     "the address, without XOR",
                                     to_string(field), count));
      return;
    }
  };
  on_top(Field::rank, o.ranks);
  on_top(Field::row, o.rows);
}

}  // namespace

std::array<int, kFields> field_widths(const Organisation& o, std::int64_t channels) {
  const bool linear = std::has_single_bit(static_cast<std::uint64_t>(channels));
  return {linear ? bits_for(channels) : 0, bits_for(o.pseudo_channels), bits_for(o.ranks),
          bits_for(o.bank_groups),         bits_for(o.banks),           bits_for(o.rows),
          bits_for(o.bursts_per_row())};
}

MapBits parse_bits(const MappingParams& params) {
  MapBits bits;
  Faults faults;
  for (const auto& [name, list] : params.bits) {
    const auto field = parse_enum<Field>(name);
    if (!field) {
      faults.add(std::string{kWhere} + "." + name,
                 "no such field; there are " + join(all_names<Field>()),
                 did_you_mean(name, all_names<Field>()));
      continue;
    }
    for (const auto& text : list) {
      const auto mask = parse_terms(text);
      if (!mask) {
        faults.add(std::string{kWhere} + "." + name,
                   fmt::format("'{}': must be different address bits (0 to 62) joined by ^, as in "
                               "9^13^17",
                               text));
      }
      bits[static_cast<std::size_t>(*field)].push_back(mask.value_or(0));
    }
  }
  faults.throw_if_any();
  return bits;
}

void check_bits(const Organisation& o, std::int64_t channels, const MapBits& bits) {
  Faults faults;
  const auto widths = field_widths(o, channels);
  for (const auto& [field, name] : enum_names(Field{})) {
    const std::size_t given = bits[static_cast<std::size_t>(field)].size();
    const auto needed = static_cast<std::size_t>(widths[static_cast<std::size_t>(field)]);
    if (given != needed) {
      faults.add(std::string{kWhere} + "." + name,
                 fmt::format("{} bits given, {} needed", given, needed));
    }
  }
  faults.throw_if_any();
  const Matrix matrix = flatten(o, bits);
  const auto address_bits = static_cast<int>(matrix.rows.size());
  for (std::size_t i = 0; i < matrix.rows.size(); ++i) {
    if (matrix.rows[i] >> address_bits) {
      faults.add(kWhere,
                 fmt::format("{} uses address bit {}, but memory has only {} address bits",
                             matrix.names[i], std::bit_width(matrix.rows[i]) - 1, address_bits));
    }
  }
  if (const auto row = dependent_row(matrix.rows)) {
    faults.add(kWhere, fmt::format("two addresses would share a place: {} follows from the bits "
                                   "before it",
                                   matrix.names[*row]));
  }
  check_partial(o, bits, address_bits, faults);
  faults.throw_if_any();
}

}  // namespace npulse::dram
