// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/tensor_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "isa/functional/coded_row.h"
#include "isa/functional/numbers.h"
#include "isa/tensor_tiles.h"
#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

constexpr double kIntegers = 16;  // different ones that are drawn: sums stay in range

/// SplitMix64 (Steele et al. 2014, paper).
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Row-major indices, in the whole tensor, of a tile's elements in memory's order.
std::vector<std::int64_t> indices_of(const TensorDecl& tensor, const TensorTile& tile) {
  Extents steps = dense_strides(tensor.shape);
  std::int64_t origin = 0;
  for (int d = 0; d < steps.size(); ++d) origin += tile.first[d] * steps[d];
  const int last = steps.size() - 1;
  if (tensor.transposed) std::swap(steps[last], steps[last - 1]);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(tile.stored.product()));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), index = origin;
    for (int d = last; d >= 0; --d) {
      index += rest % tile.stored[d] * steps[d];
      rest /= tile.stored[d];
    }
    indices[i] = index;
  }
  return indices;
}

void put_coded(Image& image, const TensorDecl& tensor, const TensorTile& tile,
               std::span<const double> values) {
  const auto columns = static_cast<std::size_t>(tile.stored[tile.stored.size() - 1]);
  for (Address at = tile.address; !values.empty(); values = values.subspan(columns)) {
    const auto row = encode_row(tensor.codec, values.first(columns));
    image.write(at, row);
    at += row.size();
  }
}

std::vector<double> take_coded(const Image& image, const TensorDecl& tensor,
                               const TensorTile& tile) {
  const std::int64_t columns = tile.stored[tile.stored.size() - 1];
  std::vector<std::uint8_t> row(
      static_cast<std::size_t>(layout_of(tensor.codec).row_bytes(columns).count()));
  std::vector<double> values;
  for (std::int64_t r = 0; r < tile.stored.product() / columns; ++r) {
    image.read(tile.address + static_cast<Address>(r) * row.size(), row);
    for (const double value : decode_row(tensor.codec, row, columns))
      values.push_back(rounded(tensor.type, value));
  }
  return values;
}

std::vector<double> take_tile(const Image& image, const TensorDecl& tensor,
                              const TensorTile& tile) {
  if (tensor.codec != CodecFormat::none) return take_coded(image, tensor, tile);
  std::vector<double> values;
  for (const auto code : image.read_run(tile.address, tile.stored.product(), tensor.type))
    values.push_back(decode(tensor.type, code));
  return values;
}

void put_tile(Image& image, const TensorDecl& tensor, const TensorTile& tile,
              std::span<const double> values) {
  if (tensor.codec != CodecFormat::none) return put_coded(image, tensor, tile, values);
  Image::Codes codes;
  for (const double value : values) codes.push_back(encode(tensor.type, value));
  image.write_run(tile.address, tensor.type, codes);
}

}  // namespace

ValueAt random_values(const TensorDecl& tensor, std::uint64_t seed) {
  std::uint64_t key = mixed(seed);
  for (const char c : tensor.name) key = mixed(key ^ static_cast<unsigned char>(c));
  const bool integer = is_integer(tensor.type) && tensor.codec == CodecFormat::none;
  return [key, integer](std::int64_t index) {
    const double unit =
        static_cast<double>(mixed(key + static_cast<std::uint64_t>(index)) >> 40) * 0x1p-24 - 0.5;
    return integer ? std::floor(unit * kIntegers) : unit;
  };
}

ValueAt values_of(const TensorDecl& tensor, const Array& array) {
  if (!std::equal(array.shape.begin(), array.shape.end(), tensor.shape.begin(),
                  tensor.shape.end())) {
    const std::vector<std::int64_t> shape{tensor.shape.begin(), tensor.shape.end()};
    throw InputError{"input " + tensor.name,
                     fmt::format("it has the shape [{}]", fmt::join(array.shape, ",")),
                     fmt::format("the program declares [{}]", fmt::join(shape, ","))};
  }
  const bool integer = is_integer(tensor.type) && tensor.codec == CodecFormat::none;
  for (std::size_t i = 0; integer && i < array.values.size(); ++i) {
    if (rounded(tensor.type, array.values[i]) == array.values[i]) continue;
    throw InputError{
        "input " + tensor.name,
        fmt::format("{} at element {} is no {}", array.values[i], i, to_string(tensor.type)),
        "give whole numbers within the type's range"};
  }
  return [&array](std::int64_t index) { return array.values[static_cast<std::size_t>(index)]; };
}

void put(Machine& machine, const TensorDecl& tensor, const ValueAt& value) {
  Image& image = machine.image(tensor.at, 0);
  for (std::int64_t i = 0; i < tile_count(tensor); ++i) {
    const TensorTile tile = tile_at(tensor, i);
    std::vector<double> values;
    for (const std::int64_t index : indices_of(tensor, tile)) values.push_back(value(index));
    put_tile(image, tensor, tile, values);
  }
}

Array take(Machine& machine, std::span<const TensorDecl> boxes) {
  const Extents& shape = boxes.front().shape;
  Array array{{shape.begin(), shape.end()}, {}};
  array.values.resize(static_cast<std::size_t>(shape.product()));
  for (const TensorDecl& tensor : boxes) {
    const Image& image = machine.image(tensor.at, 0);
    for (std::int64_t i = 0; i < tile_count(tensor); ++i) {
      const TensorTile tile = tile_at(tensor, i);
      const auto indices = indices_of(tensor, tile);
      const auto values = take_tile(image, tensor, tile);
      for (std::size_t j = 0; j < indices.size(); ++j)
        array.values[static_cast<std::size_t>(indices[j])] = values[j];
    }
  }
  return array;
}

}  // namespace npulse::isa::functional
