// SPDX-License-Identifier: Apache-2.0
// Bounds that keep hostile programs harmless. None depends on a chip; all are far beyond real ones.
#pragma once

#include <cstddef>
#include <cstdint>

namespace npulse::isa {

constexpr std::size_t kMaxNameLength = 64;      ///< Queues, events, features, meta keys.
constexpr std::size_t kMaxTextLength = 4096;    ///< Marks, notes, cfg keys, targets.
constexpr std::size_t kMaxMetaLength = 65536;   ///< One meta value.
constexpr std::size_t kMaxDeclarations = 4096;  ///< Queues, events, features, meta entries: each.
constexpr std::size_t kMaxTensors = 65536;      ///< Boxes of tensors.
constexpr std::uint32_t kMaxCores = 65535;
constexpr std::size_t kMaxWaits = 64;  ///< Of one instruction; signals likewise.
constexpr std::size_t kMaxMarkDepth = 64;
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 40;    ///< One dimension, stride or padding.
constexpr std::int64_t kMaxElements = std::int64_t{1} << 56;  ///< A block, strides counted.
constexpr std::int64_t kMaxSignal = std::int64_t{1} << 31;    ///< One signal's amount.

}  // namespace npulse::isa
