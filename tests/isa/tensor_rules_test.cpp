// SPDX-License-Identifier: Apache-2.0
// Tensor tables that no program may have, and the message each gives.
#include <catch2/catch.hpp>

#include "isa/text/assembler.h"
#include "sim/core/error.h"

using namespace npulse;
using namespace npulse::isa;
using Catch::Matchers::Contains;

namespace {

void declare(const std::string& tensors) {
  assemble(".npu 1.0\n.cores 2\n" + tensors + "\ncore 0 {\n}\n", "t.npt");
}

}  // namespace

TEST_CASE("A tensor that cannot lie as it says is refused", "[isa]") {
  const auto [tensors, message] = GENERATE(table<const char*, const char*>(
      {{".tensor a input at=dram:0x0", "missing: shape"},
       {".tensor a in at=dram:0x0 shape=[4]", "in"},
       {".tensor a input at=dram:0x0 shape=[0]", "shape = 0"},
       {".tensor a input at=dram:0x0 shape=[4] shpe=[4]", "unknown field 'shpe'"},
       {".tensor a input at=dram:0x0 shape=[4] first=[2] box=[3]", "ends at 5 in dimension 0 of 4"},
       {".tensor a input at=dram:0x0 shape=[4] transposed=true", "transposed with one dimension"},
       {".tensor a input at=dram:0x0 shape=[4] tile=[2]", "tile and tile_stride go together"},
       {".tensor a input at=dram:0x0 shape=[4] tile=[2,2] tile_stride=[0,0]", "tile has 2"},
       {".tensor a input at=dram:0x0(+4) shape=[4]", "outside of loops"},
       {".tensor a input at=spm:0x0 shape=[4]", "as in spm@0:0x0"},
       {".tensor a input at=spm@2:0x0 shape=[4]", "core = 2; allowed: 0 to 1"},
       {".tensor a input at=dram@1:0x0 shape=[4]", "belongs to no core"},
       {".tensor a input at=dram:0x0 shape=[4]\n.tensor a input at=dram:0x8 shape=[5]",
        "its boxes differ"}}));
  CAPTURE(tensors);
  REQUIRE_THROWS_WITH(declare(tensors), Contains(message));
}

TEST_CASE("Boxes of one tensor share its name", "[isa]") {
  REQUIRE_NOTHROW(
      declare(".tensor a input at=dram:0x0 shape=[4] box=[2]\n"
              ".tensor a input at=spm@1:0x8 shape=[4] first=[2] box=[2]"));
}
