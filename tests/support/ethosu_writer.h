// SPDX-License-Identifier: Apache-2.0
// Writes command streams of Ethos-U, from shapes as a compiler has them.
#pragma once

#include <cstdint>
#include <string>

namespace npulse::test {

struct EthosuMap {
  unsigned region = 1;
  std::uint64_t base = 0;
  std::int64_t height = 1, width = 1, depth = 1, bytes = 1;
  bool bricks = false;
  std::int64_t pixel_bytes = 0;  ///< Of NHWC, from pixel to pixel; 0: dense.
};

struct EthosuWindow {
  std::int64_t kh = 1, kw = 1, sy = 1, sx = 1, dy = 1, dx = 1;
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
};

class EthosuWriter {
 public:
  std::string bytes;

  void word(std::uint64_t value) {
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  }
  void plain(unsigned opcode, std::uint64_t parameter = 0) { word(parameter << 16 | opcode); }
  void with_payload(unsigned opcode, std::uint64_t value) {
    word((value >> 32) << 16 | 0x4000 | opcode);
    word(value);
  }

  void ifm(const EthosuMap& map) {
    plain(0x104, static_cast<std::uint64_t>(map.depth - 1));
    plain(0x105, precision(map, 2));
    tiles(map, 0x10a, 0x10b);
    plain(0x10f, map.region);
    places(map, 0x00);
  }
  void ifm2(const EthosuMap& map, unsigned broadcast) {
    plain(0x180, broadcast);
    plain(0x185, precision(map, 2));
    tiles(map, 0x18a, 0x18b);
    plain(0x18f, map.region);
    places(map, 0x80);
  }
  void ofm(const EthosuMap& map) {
    plain(0x111, static_cast<std::uint64_t>(map.width - 1));
    plain(0x112, static_cast<std::uint64_t>(map.height - 1));
    plain(0x113, static_cast<std::uint64_t>(map.depth - 1));
    plain(0x114, precision(map, 1));
    tiles(map, 0x11a, 0x11b);
    plain(0x11f, map.region);
    places(map, 0x10);
  }
  void window(const EthosuWindow& w) {
    plain(0x121, static_cast<std::uint64_t>(w.dy * (w.kh - 1)));
    plain(0x120, static_cast<std::uint64_t>(w.dx * (w.kw - 1)));
    plain(0x122,
          static_cast<std::uint64_t>(((w.sx - 1) & 1) | ((w.sy - 1) & 1) << 1 | (w.dx - 1) << 3 |
                                     (w.dy - 1) << 4 | (w.sx - 1) / 2 << 6 | (w.sy - 1) / 2 << 9));
    const std::int64_t pads[] = {w.top, w.left, w.right, w.bottom};
    for (unsigned i = 0; i < 4; ++i) plain(0x100 + i, static_cast<std::uint64_t>(pads[i]));
  }
  void weights(unsigned region, std::uint64_t address, std::uint64_t length) {
    plain(0x128, region);
    with_payload(0x20, address);
    with_payload(0x21, length);
  }
  void dma(unsigned from_region, std::uint64_t from, unsigned to_region, std::uint64_t to,
           std::uint64_t length) {
    plain(0x130, from_region);
    plain(0x131, to_region);
    with_payload(0x30, from);
    with_payload(0x31, to);
    with_payload(0x32, length);
    plain(0x010);
  }
  void stop() { plain(0x000, 0xffff); }

  /// The driver's payload around these commands; `product` 0 is U55, 1 U65.
  std::string payload(unsigned product = 0) const {
    EthosuWriter out;
    out.bytes = "COP1";
    out.word(1);  // configuration
    out.word(std::uint64_t{product} << 28);
    out.word(0);
    for (int i = 0; i < 3; ++i) out.word(5);  // up to 16 bytes
    const std::uint64_t words = bytes.size() / 4;
    out.word(2 | (words >> 16) << 8 | (words & 0xffff) << 16);
    return out.bytes + bytes;
  }

 private:
  static unsigned precision(const EthosuMap& map, unsigned bit) {
    const unsigned size = map.bytes == 4 ? 2 : map.bytes == 2 ? 1 : 0;
    return 1 | size << bit | (map.bricks ? 1u << 6 : 0);
  }
  void tiles(const EthosuMap& map, unsigned width0, unsigned height0) {
    plain(width0, static_cast<std::uint64_t>(map.width - 1));
    plain(height0, static_cast<std::uint64_t>(map.height - 1));
  }
  void places(const EthosuMap& map, unsigned first) {
    for (unsigned i = 0; i < 4; ++i) with_payload(first + i, i == 0 ? map.base : 0);
    const std::int64_t brick = 16 * map.bytes;
    const std::int64_t nhwc = map.pixel_bytes ? map.pixel_bytes : map.depth * map.bytes;
    const std::int64_t x = map.bricks ? brick : nhwc;
    const std::int64_t c = map.width * brick;  // NHCWB16: the bricks of a row, one after another
    const std::int64_t y = map.bricks ? c * ((map.depth + 15) / 16) : map.width * nhwc;
    with_payload(first + 4, static_cast<std::uint64_t>(x));
    with_payload(first + 5, static_cast<std::uint64_t>(y));
    with_payload(first + 6, static_cast<std::uint64_t>(c));
  }
};

}  // namespace npulse::test
