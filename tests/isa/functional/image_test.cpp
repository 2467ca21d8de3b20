// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/image.h"

#include <catch2/catch.hpp>

#include "sim/core/error.h"

using namespace npulse;
using namespace npulse::isa;
using namespace npulse::isa::functional;

namespace {

constexpr Bytes kFewPages{4 * static_cast<std::int64_t>(Page::kBytes)};

}  // namespace

TEST_CASE("Bytes that nobody wrote hold what the image says", "[functional]") {
  PageBudget budget{kFewPages};
  Image image{budget, 0xff};
  REQUIRE(image.read_run(12345, 2, DataType::i8) == Image::Codes{0xff, 0xff});
  image.write_run(Page::kBytes - 1, DataType::i16, Image::Codes{0x1234});  // over a page's end
  REQUIRE(image.read_run(Page::kBytes - 2, 4, DataType::i8) ==
          Image::Codes{0xff, 0x34, 0x12, 0xff});
}

TEST_CASE("A strided block comes back, i4 with half bytes too", "[functional]") {
  PageBudget budget{kFewPages};
  for (const DataType type : {DataType::i4, DataType::i8, DataType::fp16, DataType::fp32}) {
    Image image{budget, 0};
    const StridedBlock block{{2, 3, 5}, {40, 6, 1}, type};
    Image::Codes codes(30);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint32_t>(i % 16);
    image.write_block(64, block, codes);
    REQUIRE(image.read_block(64, block) == codes);
    const Address second_row = 64 + static_cast<Address>(bytes_of(46, type).count());
    REQUIRE(image.read_run(second_row, 1, type) == Image::Codes{(3 + 1) * 5 % 16});
  }
}

TEST_CASE("Copies share pages until one writes, and the limit counts each page once",
          "[functional]") {
  PageBudget budget{kFewPages};
  Image first{budget, 0};
  for (Address page = 0; page < 3; ++page)
    first.write_run(page * Page::kBytes, DataType::i8, Image::Codes{1});
  Image second = first;
  REQUIRE(first.compare(second).bytes == 0);
  second.write_run(Page::kBytes + 7, DataType::i8, Image::Codes{9});
  REQUIRE(first.compare(second).bytes == 1);
  REQUIRE(first.compare(second).first == Page::kBytes + 7);
  REQUIRE_THROWS_AS(second.write_run(0, DataType::i8, Image::Codes{9}), InputError);
}
