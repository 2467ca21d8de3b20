// SPDX-License-Identifier: Apache-2.0
// What command streams come in: the driver's payload, and TFLite models with such payloads.
#include <fmt/format.h>

#include "traces/importers/ethosu_stream.h"

namespace npulse::importers::ethosu {
namespace {

constexpr std::uint32_t kMagic = 0x31504f43;  // COP1
enum Action : unsigned { config = 1, command_stream = 2, nop = 5 };

/// The driver's actions from the magic number on; `read`: ethos-u-core-driver, ethosu_driver.c.
Stream decode_payload(const std::string& bytes, const std::string& file, std::size_t at,
                      std::size_t end) {
  for (at += 4; end - at >= 4;) {
    const std::uint32_t word = word_at(bytes, at);
    const unsigned action = word & 0xff;
    if (action == config && end - at >= 12) {
      const unsigned product = word_at(bytes, at + 4) >> 28;
      if (product > 1) {
        throw InputError{byte_place(file, at + 4), "the stream is for a product after Ethos-U65",
                         "compile for ethos-u55 or ethos-u65"};
      }
      at += 12;
    } else if (action == command_stream) {
      const std::size_t words = (word >> 16) | (word >> 8 & 0xff) << 16;
      if (words > (end - at - 4) / 4) {
        throw InputError{byte_place(file, at),
                         fmt::format("the stream of {} words is cut off", words)};
      }
      return decode_words(bytes, file, at + 4, at + 4 + 4 * words);
    } else if (action == nop) {
      at += 4;
    } else {
      throw InputError{byte_place(file, at),
                       fmt::format("{:#x} is no action of the driver", action)};
    }
  }
  throw InputError{byte_place(file, end), "the payload ends without a command stream"};
}

bool has_magic(const std::string& bytes, std::size_t at) {
  return bytes.size() - at >= 4 && word_at(bytes, at) == kMagic;
}

/// Buffers of a flatbuffer are preceded by their length.
std::vector<Stream> decode_tflite(const std::string& bytes, const std::string& file) {
  std::vector<Stream> streams;
  for (std::size_t at = 8; at + 4 <= bytes.size(); at += 4) {
    if (!has_magic(bytes, at)) continue;
    const std::uint32_t length = word_at(bytes, at - 4);
    if (length < 4 || length > bytes.size() - at) continue;
    streams.push_back(decode_payload(bytes, file, at, at + length));
    at += length / 4 * 4 - 4;
  }
  if (!streams.empty()) return streams;
  throw InputError{file, "is a TFLite model without a custom operator of Ethos-U",
                   "compile it with Vela first; import ONNX for a model that is not compiled"};
}

}  // namespace

std::vector<Stream> decode(const std::string& bytes, const std::string& file) {
  if (bytes.size() < 4) throw InputError{file, "is too short for a command stream"};
  if (bytes.size() >= 8 && bytes.compare(4, 4, "TFL3") == 0) return decode_tflite(bytes, file);
  std::vector<Stream> streams;
  streams.push_back(has_magic(bytes, 0) ? decode_payload(bytes, file, 0, bytes.size())
                                        : decode_words(bytes, file, 0, bytes.size()));
  return streams;
}

}  // namespace npulse::importers::ethosu
