// SPDX-License-Identifier: Apache-2.0
// The command stream of an Arm Ethos-U55 or U65, as Vela writes it, decoded to operations.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/core/error.h"

namespace npulse::importers::ethosu {

/// A tensor in memory: up to four tiles, split below `height_0` and right of `width_0`.
struct FeatureMap {
  std::int64_t height = 1, width = 1, depth = 1, bytes = 1;  ///< `bytes` of an element.
  bool bricks = false;  ///< NHCWB16: 16 channels of a pixel lie together. Else NHWC.
  std::uint64_t region = 0;
  std::array<std::uint64_t, 4> base{};  ///< Top left, top right, bottom left, bottom right.
  std::int64_t height_0 = 1, width_0 = 1;
  std::int64_t stride_x = 0, stride_y = 0, stride_c = 0;  ///< Bytes; c is from brick to brick.
};

struct Range {
  std::uint64_t region = 0, address = 0, length = 0;
  auto operator<=>(const Range&) const = default;
};

enum class Kind : std::uint8_t { conv, depthwise, pool, elementwise, dma };

struct Operation {
  Kind kind = Kind::conv;
  std::string where;  ///< `file:byte N`
  unsigned mode = 0;  ///< Of a pool or elementwise operation.
  FeatureMap ifm, ifm2, ofm;
  bool has_ifm2 = false;
  unsigned upscale = 0;     ///< Of ifm by two: 1 nearest, 2 with zeros.
  unsigned activation = 0;  ///< 0: at most a clamp.
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> pads{};  ///< Top, left, bottom, right.
  std::vector<Range> weights, scales;  ///< Compressed; one a core.
  Range dma_from, dma_to;
};

struct Stream {
  std::vector<Operation> operations;
  std::int64_t kernel_waits = 0, dma_waits = 0;
  std::map<std::string, std::int64_t> unknown;  ///< Commands that were left out, and how often.
};

/// The commands in bytes [begin, end), up to NPU_OP_STOP. Throws InputError that names a byte.
Stream decode_words(const std::string& bytes, const std::string& file, std::size_t begin,
                    std::size_t end);

/// Four bytes, least significant first; they must be there.
std::uint32_t word_at(const std::string& bytes, std::size_t at);

/// `file:byte N`
std::string byte_place(const std::string& file, std::size_t at);

/// Of a driver payload (`COP1`), a .tflite with such payloads, or bare command words. Throws
/// InputError that names a byte.
std::vector<Stream> decode(const std::string& bytes, const std::string& file);

}  // namespace npulse::importers::ethosu
