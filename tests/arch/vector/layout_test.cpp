// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/layout.h"

#include <catch2/catch.hpp>

using namespace npulse;

namespace {

arch::AccessStream destination(isa::Extents shape, isa::Extents perm) {
  isa::Xform op;
  op.type = isa::DataType::fp16;
  op.shape = shape;
  op.perm = perm;
  arch::AccessStream dst;
  arch::scatter_writes(op, dst);
  return dst;
}

}  // namespace

TEST_CASE("A transposed matrix is written an element at a time, a row of the result apart",
          "[arch][vector]") {
  const auto dst = destination({64, 128}, {1, 0});
  REQUIRE(dst.run_bytes == 2);
  REQUIRE(dst.stride_bytes == 2 * 64);
}

TEST_CASE("Inner dimensions that stay in place are written as one run", "[arch][vector]") {
  const auto dst = destination({4, 6, 8}, {1, 0, 2});
  REQUIRE(dst.run_bytes == 2 * 8);
  REQUIRE(dst.stride_bytes == 2 * 4 * 8);
}

TEST_CASE("A transposition that moves nothing is dense", "[arch][vector]") {
  REQUIRE(destination({4, 6}, {0, 1}).run_bytes == 0);
}
