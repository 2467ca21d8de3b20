// SPDX-License-Identifier: Apache-2.0
// Declared tensors: what is put comes back, whatever boxes and tiles it lies in.
#include "isa/functional/tensor_values.h"

#include <catch2/catch.hpp>

#include "isa/functional/numbers.h"
#include "isa/tensor_tiles.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

constexpr Bytes kLimit{1 << 20};

TensorDecl matrix(DataType type) {
  TensorDecl tensor;
  tensor.name = "w";
  tensor.role = TensorRole::state;
  tensor.at = {Space::dram, {}, 0x100, {}};
  tensor.shape = {10, 14};
  tensor.type = type;
  return tensor;
}

/// Columns [0, 8) and [8, 14), each in tiles of 4 x 3, the second transposed.
std::vector<TensorDecl> tiled(DataType type) {
  std::vector<TensorDecl> boxes{matrix(type), matrix(type)};
  boxes[0].first = {0, 0}, boxes[0].box = {10, 8};
  boxes[1].first = {0, 8}, boxes[1].box = {10, 6};
  boxes[1].at.address = 0x4000;
  boxes[1].transposed = true;
  for (auto& box : boxes) box.tile = {4, 3}, box.tile_stride = {64, 256};
  return boxes;
}

}  // namespace

TEST_CASE("A tensor in boxes of tiles comes back whole", "[functional]") {
  for (const DataType type : {DataType::i4, DataType::i8, DataType::bf16, DataType::fp32}) {
    PageBudget budget{kLimit};
    Machine machine{1, budget, 0};
    const auto boxes = tiled(type);
    const ValueAt values = random_values(boxes.front(), 3);
    for (const auto& box : boxes) put(machine, box, values);
    const Array back = take(machine, boxes);
    for (std::int64_t i = 0; i < 140; ++i)
      REQUIRE(back.values[static_cast<std::size_t>(i)] == rounded(type, values(i)));
  }
}

TEST_CASE("A tile lies where its strides say, transposed if it is", "[functional]") {
  PageBudget budget{kLimit};
  Machine machine{1, budget, 0};
  const auto boxes = tiled(DataType::i32);
  Array array{{10, 14}, {}};
  for (int i = 0; i < 140; ++i) array.values.push_back(i);
  for (const auto& box : boxes) put(machine, box, values_of(box, array));
  const auto word = [&](Address at) { return machine.dram().read_run(at, 1, DataType::i32)[0]; };
  CHECK(word(0x100) == 0);
  CHECK(word(0x100 + 64 + 256 + 4) == 4 * 14 + 3 + 1);      // tile (1, 1), its [0, 1]
  CHECK(word(0x4000 + 64 + 256 + 4) == 5 * 14 + 8 + 3);     // transposed: its [1, 0]
  CHECK(word(0x100 + 2 * 64 + 2 * 256 + 8) == 9 * 14 + 6);  // the last tile is 2 x 2
}

TEST_CASE("Random values depend on name, index and seed, not on the layout", "[functional]") {
  TensorDecl tensor = matrix(DataType::i8);
  const ValueAt values = random_values(tensor, 1);
  bool varied = false;
  for (std::int64_t i = 0; i < 1000; ++i) {
    REQUIRE(values(i) >= -8);
    REQUIRE(values(i) <= 7);
    varied = varied || values(i) != values(0);
  }
  REQUIRE(varied);
  REQUIRE(random_values(tensor, 2)(5) != values(5));
  tensor.at.address = 0;
  REQUIRE(random_values(tensor, 1)(5) == values(5));
  tensor.name = "v";
  REQUIRE(random_values(tensor, 1)(5) != values(5));
}
