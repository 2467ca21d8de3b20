// SPDX-License-Identifier: Apache-2.0
// What a queue does in a cycle: exactly one of these.
#pragma once

#include "sim/core/enum_names.h"

namespace npulse::arch {

enum class QueueState : std::uint8_t { idle, busy, wait_data, wait_resource };
std::span<const EnumName<QueueState>> enum_names(QueueState);

}  // namespace npulse::arch
