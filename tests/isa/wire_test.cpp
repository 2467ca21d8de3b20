// SPDX-License-Identifier: Apache-2.0
#include "isa/binary/wire.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace npulse::isa::binary;

namespace {

constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();

std::string fault(const std::string& bytes, void (*read)(WireReader&)) {
  WireReader in{bytes, 100};
  try {
    read(in);
  } catch (const WireFault& wire) {
    return std::to_string(wire.offset) + ": " + wire.message;
  }
  return "";
}

}  // namespace

TEST_CASE("Numbers of every size come back", "[isa][binary]") {
  const std::uint64_t value =
      GENERATE(0ull, 1ull, 127ull, 128ull, 16383ull, 16384ull, kMax >> 1, kMax);
  WireWriter out;
  out.varint(value);
  out.zigzag(static_cast<std::int64_t>(value));
  out.fixed64(value);
  WireReader in{out.bytes()};
  REQUIRE(in.varint() == value);
  REQUIRE(in.zigzag() == static_cast<std::int64_t>(value));
  REQUIRE(in.fixed64() == value);
  REQUIRE(in.at_end());
}

TEST_CASE("Small numbers are short, of either sign", "[isa][binary]") {
  WireWriter out;
  for (std::int64_t value = -64; value < 64; ++value) out.zigzag(value);
  REQUIRE(out.bytes().size() == 128);
}

TEST_CASE("Unknown fields of every form are stepped over", "[isa][binary]") {
  WireWriter out;
  out.tag(7, WireType::varint);
  out.varint(kMax);
  out.tag(8, WireType::fixed64);
  out.fixed64(5);
  out.tag(900, WireType::block);
  out.block("abc");
  WireReader in{out.bytes()};
  for (const std::uint64_t id : {7, 8, 900}) {
    const auto tag = in.tag();
    REQUIRE(tag.id == id);
    in.skip(tag.type);
  }
  REQUIRE(in.at_end());
}

TEST_CASE("What passes the end or has no meaning is a fault with its byte", "[isa][binary]") {
  const auto number = [](WireReader& in) { in.varint(); };
  REQUIRE(fault("", number) == "100: a number is cut off");
  REQUIRE(fault("\x80\x80", number) == "102: a number is cut off");
  REQUIRE(fault(std::string(9, '\xff') + "\x02", number) == "110: a number has over 64 bits");
  REQUIRE(fault(std::string(10, '\x80') + "\x01", number) == "110: a number has over 64 bits");
  REQUIRE(fault("\x05"
                "abcd",
                [](WireReader& in) { in.block(); }) == "101: a block of 5 bytes passes the end");
  REQUIRE(fault("1234567", [](WireReader& in) { in.fixed64(); }) == "100: a number is cut off");
  REQUIRE(fault("\x03", [](WireReader& in) { in.tag(); }) == "101: unknown wire type 3");
  REQUIRE(fault("\x09", [](WireReader& in) { in.bounded(8, "a core"); }) ==
          "101: a core is 9, allowed: up to 8");
}

TEST_CASE("A nested reader stays inside its block and counts from the file's begin",
          "[isa][binary]") {
  WireReader in{
      "\x02"
      "ab"
      "c",
      10};
  WireReader inner = in.nested();
  REQUIRE(inner.offset() == 11);
  inner.varint();
  inner.varint();
  REQUIRE(inner.at_end());
  REQUIRE(in.offset() == 13);
  REQUIRE_FALSE(in.at_end());
}
