// SPDX-License-Identifier: Apache-2.0
#include "arch/ports/queue_state.h"

namespace npulse::arch {

std::span<const EnumName<QueueState>> enum_names(QueueState) {
  static constexpr EnumName<QueueState> kNames[] = {{QueueState::idle, "idle"},
                                                    {QueueState::busy, "busy"},
                                                    {QueueState::wait_data, "wait_data"},
                                                    {QueueState::wait_resource, "wait_resource"}};
  return kNames;
}

}  // namespace npulse::arch
