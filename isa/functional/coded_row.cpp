// SPDX-License-Identifier: Apache-2.0
#include "isa/functional/coded_row.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "isa/functional/numbers.h"
#include "sim/core/error.h"

namespace npulse::isa::functional {
namespace {

using Bits = std::vector<std::uint8_t>;
using Values = std::span<const double>;

constexpr int kE8m0Bias = 127;
constexpr std::int64_t kKept = 2, kOf = 4;  // 2:4 sparsity

/// Fields of up to 32 bits, one behind the other from the low bits of bytes up.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
  std::uint32_t take(int bits) {
    std::uint32_t value = 0;
    for (int i = 0; i < bits; ++i, ++at_) {
      value |= static_cast<std::uint32_t>(bytes_[at_ / 8] >> (at_ % 8) & 1) << i;
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

class BitWriter {
 public:
  void put(std::uint32_t value, int bits) {
    for (int i = 0; i < bits; ++i, ++at_) {
      if (at_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | (value >> i & 1) << (at_ % 8));
    }
  }
  const Bits& bytes() const { return bytes_; }

 private:
  Bits bytes_;
  std::size_t at_ = 0;
};

/// Metadata of all groups and all elements, each a stream of its own.
struct Readers {
  BitReader metadata, payload;
};
struct Writers {
  BitWriter metadata, payload;
};

double largest(Values values) {
  double most = 0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

double fp16(double value) {
  return rounded(DataType::fp16, value);
}

/// A group of one format; `bits` an element unless the format says otherwise.
class GroupCodec {
 public:
  virtual ~GroupCodec() = default;
  virtual void decode(Readers& in, std::span<double> values) const = 0;
  virtual void encode(Writers& out, Values values) const = 0;
};

/// fp16 scale; signed integers.
class Scaled : public GroupCodec {
 public:
  explicit Scaled(int bits) : bits_{bits}, type_{bits == 4 ? DataType::i4 : DataType::i8} {}
  void decode(Readers& in, std::span<double> values) const override {
    const double scale = functional::decode(DataType::fp16, in.metadata.take(16));
    for (double& value : values) value = scale * functional::decode(type_, in.payload.take(bits_));
  }
  void encode(Writers& out, Values values) const override {
    const double scale = fp16(largest(values) / ((1 << (bits_ - 1)) - 1));
    out.metadata.put(functional::encode(DataType::fp16, scale), 16);
    for (const double value : values)
      out.payload.put(functional::encode(type_, scale > 0 ? value / scale : 0), bits_);
  }

 private:
  int bits_;
  DataType type_;
};

/// fp16 scale and zero point; unsigned integers.
class Awq : public GroupCodec {
 public:
  explicit Awq(int bits) : bits_{bits} {}
  void decode(Readers& in, std::span<double> values) const override {
    const double scale = functional::decode(DataType::fp16, in.metadata.take(16));
    const double zero = in.metadata.take(bits_);
    for (double& value : values) value = scale * (in.payload.take(bits_) - zero);
  }
  void encode(Writers& out, Values values) const override {
    const double low = std::min(0.0, *std::min_element(values.begin(), values.end()));
    const double high = std::max(0.0, *std::max_element(values.begin(), values.end()));
    const double top = (1 << bits_) - 1, scale = fp16((high - low) / top);
    const auto level = [&](double steps) {
      return static_cast<std::uint32_t>(std::clamp(std::nearbyint(steps), 0.0, top));
    };
    const std::uint32_t zero = scale > 0 ? level(-low / scale) : 0;
    out.metadata.put(functional::encode(DataType::fp16, scale), 16);
    out.metadata.put(zero, bits_);
    for (const double value : values)
      out.payload.put(scale > 0 ? level(value / scale + zero) : zero, bits_);
  }

 private:
  int bits_;
};

/// E8M0 scale; E2M1 elements (OCP MX 1.0, read).
class Mxfp4 : public GroupCodec {
 public:
  void decode(Readers& in, std::span<double> values) const override {
    const std::uint32_t exponent = in.metadata.take(8);
    const double scale =
        exponent == 255 ? std::nan("") : std::ldexp(1, static_cast<int>(exponent) - kE8m0Bias);
    for (double& value : values) value = scale * element(in.payload.take(4));
  }
  void encode(Writers& out, Values values) const override {
    constexpr int kLargestExponent = 2;  // of E2M1
    const double most = largest(values);
    const int exponent =
        most > 0 ? std::clamp(std::ilogb(most) - kLargestExponent, -kE8m0Bias, kE8m0Bias) : 0;
    out.metadata.put(static_cast<std::uint32_t>(exponent + kE8m0Bias), 8);
    for (const double value : values) out.payload.put(nearest(std::ldexp(value, -exponent)), 4);
  }

 private:
  static double element(std::uint32_t code) {
    constexpr double kMagnitudes[] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
    return code & 8 ? -kMagnitudes[code & 7] : kMagnitudes[code];
  }
  static std::uint32_t nearest(double value) {
    const double size = std::abs(value);
    std::uint32_t best = 0;
    for (std::uint32_t code = 1; code < 8; ++code) {
      const double gain = std::abs(size - element(best)) - std::abs(size - element(code));
      if (gain > 0 || (gain == 0 && code % 2 == 0)) best = code;
    }
    return best | (std::signbit(value) ? 8U : 0U);
  }
};

/// `planes` fp16 scales; of an element a sign in each plane, set: minus.
class BinaryCoded : public GroupCodec {
 public:
  explicit BinaryCoded(int planes) : planes_{planes} {}
  void decode(Readers& in, std::span<double> values) const override {
    std::vector<double> scales;
    for (int p = 0; p < planes_; ++p)
      scales.push_back(functional::decode(DataType::fp16, in.metadata.take(16)));
    for (double& value : values) {
      value = 0;
      for (const double scale : scales) value += in.payload.take(1) ? -scale : scale;
    }
  }
  void encode(Writers& out, Values values) const override {
    std::vector<double> rest{values.begin(), values.end()};
    std::vector<std::uint32_t> signs(rest.size());
    for (int p = 0; p < planes_; ++p) {
      double sum = 0;
      for (const double value : rest) sum += std::abs(value);
      const double scale = fp16(sum / static_cast<double>(rest.size()));
      out.metadata.put(functional::encode(DataType::fp16, scale), 16);
      for (std::size_t i = 0; i < rest.size(); ++i) {
        const bool minus = rest[i] < 0;
        signs[i] |= static_cast<std::uint32_t>(minus) << p;
        rest[i] -= minus ? -scale : scale;
      }
    }
    for (const std::uint32_t sign : signs) out.payload.put(sign, planes_);
  }

 private:
  int planes_;
};

/// Places of the two elements kept of four; no scale.
class TwoOfFour : public GroupCodec {
 public:
  explicit TwoOfFour(DataType type) : type_{type} {}
  void decode(Readers& in, std::span<double> values) const override {
    std::fill(values.begin(), values.end(), 0);
    for (std::int64_t i = 0; i < kKept; ++i) {
      const std::uint32_t place = in.metadata.take(2);
      const double value = functional::decode(type_, in.payload.take(bits_of(type_)));
      if (place < values.size()) values[place] = value;
    }
  }
  void encode(Writers& out, Values values) const override {
    std::vector<double> whole{values.begin(), values.end()};
    whole.resize(kOf);
    std::vector<std::uint32_t> places(kOf);
    std::iota(places.begin(), places.end(), 0U);
    std::stable_sort(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::abs(whole[a]) > std::abs(whole[b]);
    });
    places.resize(kKept);
    std::sort(places.begin(), places.end());
    for (const std::uint32_t place : places) {
      out.metadata.put(place, 2);
      out.payload.put(functional::encode(type_, whole[place]), bits_of(type_));
    }
  }

 private:
  DataType type_;
};

std::unique_ptr<GroupCodec> codec_of(CodecFormat format) {
  switch (format) {
    case CodecFormat::int4g128:
    case CodecFormat::int4g64:
    case CodecFormat::int4g32:
      return std::make_unique<Scaled>(4);
    case CodecFormat::int8g32:
      return std::make_unique<Scaled>(8);
    case CodecFormat::awq4g128:
      return std::make_unique<Awq>(4);
    case CodecFormat::awq3g128:
      return std::make_unique<Awq>(3);
    case CodecFormat::mxfp4:
      return std::make_unique<Mxfp4>();
    case CodecFormat::bcq2g128:
      return std::make_unique<BinaryCoded>(2);
    case CodecFormat::bcq3g128:
      return std::make_unique<BinaryCoded>(3);
    case CodecFormat::bcq4g128:
      return std::make_unique<BinaryCoded>(4);
    case CodecFormat::fp16_2of4:
      return std::make_unique<TwoOfFour>(DataType::fp16);
    case CodecFormat::int8_2of4:
      return std::make_unique<TwoOfFour>(DataType::i8);
    case CodecFormat::int4_2of4:
      return std::make_unique<TwoOfFour>(DataType::i4);
    case CodecFormat::none:
      break;
  }
  throw InternalError{"internal error: no codec has no groups"};
}

/// Calls f(first, count) for each group of a row.
template <class F>
void for_each_group(std::int64_t elements, std::int64_t group, F&& f) {
  for (std::int64_t first = 0; first < elements; first += group)
    f(static_cast<std::size_t>(first), static_cast<std::size_t>(std::min(group, elements - first)));
}

/// In int4g128 each group's elements follow its scale; elsewhere all metadata come first.
bool interleaved(CodecFormat codec) {
  return codec == CodecFormat::int4g128;
}

void append(Bits& to, const Bits& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

std::vector<double> decode_row(CodecFormat format, std::span<const std::uint8_t> bytes,
                               std::int64_t elements) {
  const auto codec = codec_of(format);
  const CodecLayout layout = layout_of(format);
  std::vector<double> values(static_cast<std::size_t>(elements));
  const std::span<double> all{values};
  const auto metadata_bytes = [&](std::int64_t groups) {
    return static_cast<std::size_t>(ceil_div<std::int64_t>(groups * layout.metadata_bits, 8));
  };
  if (interleaved(format)) {
    for_each_group(elements, layout.group, [&](std::size_t first, std::size_t count) {
      const std::size_t head = metadata_bytes(1);
      Readers in{BitReader{bytes}, BitReader{bytes.subspan(head)}};
      codec->decode(in, all.subspan(first, count));
      bytes = bytes.subspan(
          static_cast<std::size_t>(layout.row_bytes(static_cast<std::int64_t>(count)).count()));
    });
    return values;
  }
  const std::size_t head = metadata_bytes(ceil_div(elements, layout.group));
  Readers in{BitReader{bytes}, BitReader{bytes.subspan(head)}};
  for_each_group(elements, layout.group, [&](std::size_t first, std::size_t count) {
    codec->decode(in, all.subspan(first, count));
  });
  return values;
}

Bits encode_row(CodecFormat format, Values values) {
  const auto codec = codec_of(format);
  Bits row;
  Writers out;
  const auto flush = [&] {
    append(row, out.metadata.bytes());
    append(row, out.payload.bytes());
    out = {};
  };
  for_each_group(static_cast<std::int64_t>(values.size()), layout_of(format).group,
                 [&](std::size_t first, std::size_t count) {
                   codec->encode(out, values.subspan(first, count));
                   if (interleaved(format)) flush();
                 });
  flush();
  return row;
}

}  // namespace npulse::isa::functional
