// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/ethosu_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "traces/importers/ethosu_commands.h"

namespace npulse::importers::ethosu {
namespace {

constexpr std::uint64_t kInternalRegion = 8;
constexpr std::uint64_t kMaxLength = std::uint64_t{1} << 40;
constexpr unsigned kCodeMask = 0x43ff;  // opcode, and whether a payload follows

/// What was set stays set, as in the device.
class Registers {
 public:
  void set(unsigned code, std::uint64_t value) { values_[code] = value; }
  void begin(const std::string& where) { where_ = where; }
  const std::string& where() const { return where_; }

  std::uint64_t at(unsigned code) const {
    const auto found = values_.find(code);
    if (found != values_.end()) return found->second;
    throw InputError{where_,
                     fmt::format("the operation needs command {:#06x}, which has not come", code),
                     "check that the stream begins where Vela's does"};
  }
  std::uint64_t get(unsigned code) const {
    const auto found = values_.find(code);
    return found == values_.end() ? 0 : found->second;
  }
  std::int64_t size(unsigned code_m1) const { return static_cast<std::int64_t>(at(code_m1)) + 1; }

 private:
  std::string where_;
  std::map<unsigned, std::uint64_t> values_;
};

class Decoder {
 public:
  Decoder(const std::string& bytes, const std::string& file) : bytes_{bytes}, file_{file} {}

  Stream decode(std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end;) {
      if (end - at < 4) throw InputError{byte_place(file_, at), "the stream ends within a command"};
      const std::uint32_t word = word_at(bytes_, at);
      const unsigned code = word & kCodeMask;
      std::uint64_t value = word >> 16;
      const std::size_t where = at;
      at += 4;
      if (code & set::payload) {
        if (end - at < 4) throw InputError{byte_place(file_, where), "a command lacks its payload"};
        value = value << 32 | word_at(bytes_, at);
        at += 4;
      }
      if (code == op::stop) return std::move(stream_);
      take(code, value, where);
    }
    throw InputError{byte_place(file_, end), "the stream ends without NPU_OP_STOP"};
  }

 private:
  void take(unsigned code, std::uint64_t value, std::size_t at) {
    const auto mode = static_cast<unsigned>(value);
    switch (code) {
      case op::conv:
        return add(Kind::conv, mode, at);
      case op::depthwise:
        return add(Kind::depthwise, mode, at);
      case op::pool:
        return add(Kind::pool, mode, at);
      case op::elementwise:
        return add(Kind::elementwise, mode, at);
      case op::dma_start:
        return add(Kind::dma, mode, at);
      case op::kernel_wait:
        ++stream_.kernel_waits;
        return;
      case op::dma_wait:
        ++stream_.dma_waits;
        return;
      default:
        break;
    }
    const Meaning meaning = meaning_of(code);
    if (meaning == Meaning::relevant) registers_.set(code, value);
    if (meaning == Meaning::unknown) ++stream_.unknown[fmt::format("{:#06x}", code)];
  }

  void add(Kind kind, unsigned mode, std::size_t at) {
    Operation operation;
    operation.kind = kind;
    operation.mode = mode;
    operation.where = byte_place(file_, at);
    registers_.begin(operation.where);
    if (kind == Kind::dma) {
      read_dma(operation);
    } else {
      read_block(operation);
    }
    stream_.operations.push_back(std::move(operation));
  }

  void read_dma(Operation& dma) const {
    // Bit 8 of a region: memory within the device (tables of activations).
    const auto region = [&](unsigned code) {
      const std::uint64_t bits = registers_.at(code);
      return bits >> 8 & 1 ? kInternalRegion : bits & 7;
    };
    std::uint64_t length = registers_.at(set::dma0_len);
    const std::uint64_t dimensions = registers_.at(set::dma0_src_region) >> 9 & 3;
    // Of a copy of two or three dimensions, LEN is the innermost.
    if (dimensions > 0) length = times(length, registers_.at(set::dma0_size0), dma.where);
    if (dimensions > 1) length = times(length, registers_.at(set::dma0_size1), dma.where);
    dma.dma_from = {region(set::dma0_src_region), registers_.at(set::dma0_src), length};
    dma.dma_to = {region(set::dma0_dst_region), registers_.at(set::dma0_dst), length};
  }

  static std::uint64_t times(std::uint64_t length, std::uint64_t size, const std::string& where) {
    if (length > kMaxLength) throw InputError{where, "the copy is longer than 2^40 bytes"};
    return length * size;
  }

  void read_block(Operation& block) const {
    block.ofm = feature_map(set::ofm_base0, set::ofm_region, set::ofm_height0_m1,
                            set::ofm_width0_m1, registers_.at(set::ofm_precision), 1);
    block.ofm.height = registers_.size(set::ofm_height_m1);
    block.ofm.width = registers_.size(set::ofm_width_m1);
    block.ofm.depth = registers_.size(set::ofm_depth_m1);
    block.ifm = feature_map(set::ifm_base0, set::ifm_region, set::ifm_height0_m1,
                            set::ifm_width0_m1, registers_.at(set::ifm_precision), 2);
    block.ifm.depth = registers_.size(set::ifm_depth_m1);
    block.upscale = static_cast<unsigned>(registers_.get(set::ifm_upscale) & 3);
    block.activation = static_cast<unsigned>(registers_.get(set::activation) & 0xfff);
    if (block.kind == Kind::elementwise) {
      read_elementwise(block);
    } else {
      read_window(block);
    }
    if (block.kind == Kind::conv || block.kind == Kind::depthwise) read_weights(block);
  }

  FeatureMap feature_map(unsigned base0, unsigned region, unsigned height0, unsigned width0,
                         std::uint64_t precision, unsigned precision_bit) const {
    FeatureMap map;
    map.bytes = std::int64_t{1} << std::min<std::uint64_t>(precision >> precision_bit & 3, 2);
    map.bricks = (precision >> 6 & 1) != 0;
    map.region = registers_.at(region) & 7;
    for (unsigned i = 0; i < 4; ++i) map.base[i] = registers_.at(base0 + i);
    map.height_0 = registers_.size(height0);
    map.width_0 = registers_.size(width0);
    map.stride_x = stride(base0 + 4);
    map.stride_y = stride(base0 + 5);
    map.stride_c = stride(base0 + 6);
    return map;
  }

  std::int64_t stride(unsigned code) const {
    const std::uint64_t bytes = registers_.at(code);
    if (bytes <= kMaxLength) return static_cast<std::int64_t>(bytes);
    throw InputError{registers_.where(), "a stride is larger than 2^40 bytes"};
  }

  void read_window(Operation& block) const {
    const std::uint64_t bits = registers_.at(set::kernel_stride);
    const auto field = [&](unsigned low, unsigned high) {
      return static_cast<std::int64_t>((bits >> low & 1) | (bits >> high & 7) << 1) + 1;
    };
    block.stride = {field(1, 9), field(0, 6)};
    block.dilation = {static_cast<std::int64_t>(bits >> 4 & 1) + 1,
                      static_cast<std::int64_t>(bits >> 3 & 1) + 1};
    const std::array<std::int64_t, 2> extent{registers_.size(set::kernel_height_m1),
                                             registers_.size(set::kernel_width_m1)};
    const unsigned pads[] = {set::ifm_pad_top, set::ifm_pad_left, set::ifm_pad_bottom,
                             set::ifm_pad_right};
    for (std::size_t i = 0; i < 4; ++i) {
      block.pads[i] = static_cast<std::int64_t>(registers_.get(pads[i]));
    }
    const std::array<std::int64_t, 2> out{block.ofm.height, block.ofm.width};
    std::array<std::int64_t, 2> in{};
    for (std::size_t i = 0; i < 2; ++i) {
      block.kernel[i] = (extent[i] - 1) / block.dilation[i] + 1;
      in[i] = (out[i] - 1) * block.stride[i] + (block.kernel[i] - 1) * block.dilation[i] + 1 -
              block.pads[i] - block.pads[i + 2];
      if (in[i] < 1) {
        throw InputError{block.where, "the padding is larger than what the kernel covers"};
      }
    }
    block.ifm.height = in[0];
    block.ifm.width = in[1];
  }

  void read_elementwise(Operation& block) const {
    constexpr unsigned kUnaryFirst = 5, kUnaryLast = 7;  // LRELU, ABS, CLZ
    block.ifm.height = block.ofm.height;
    block.ifm.width = block.ofm.width;
    if (block.mode >= kUnaryFirst && block.mode <= kUnaryLast) return;
    const std::uint64_t broadcast = registers_.at(set::ifm2_broadcast);
    if (broadcast >> 7 & 1) return;  // a scalar within the command
    block.has_ifm2 = true;
    block.ifm2 = feature_map(set::ifm2_base0, set::ifm2_region, set::ifm2_height0_m1,
                             set::ifm2_width0_m1, registers_.at(set::ifm2_precision), 2);
    block.ifm2.height = broadcast & 1 ? 1 : block.ofm.height;
    block.ifm2.width = broadcast & 2 ? 1 : block.ofm.width;
    block.ifm2.depth = broadcast & 4 ? 1 : block.ofm.depth;
  }

  void read_weights(Operation& block) const {
    const auto add = [&](std::vector<Range>& ranges, unsigned region, unsigned base) {
      const std::uint64_t length = registers_.get(base + 1);
      if (length == 0) return;  // a core that has none
      ranges.push_back({registers_.at(region) & 7, registers_.at(base), length});
    };
    for (const unsigned base : {set::weight_base, set::weight1_base}) {
      add(block.weights, set::weight_region, base);
    }
    for (const unsigned base : {set::scale_base, set::scale1_base}) {
      add(block.scales, set::scale_region, base);
    }
  }

  const std::string& bytes_;
  const std::string& file_;
  Registers registers_;
  Stream stream_;
};

}  // namespace

std::uint32_t word_at(const std::string& bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    word |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return word;
}

std::string byte_place(const std::string& file, std::size_t at) {
  return fmt::format("{}:byte {}", file, at);
}

Stream decode_words(const std::string& bytes, const std::string& file, std::size_t begin,
                    std::size_t end) {
  return Decoder{bytes, file}.decode(begin, end);
}

}  // namespace npulse::importers::ethosu
