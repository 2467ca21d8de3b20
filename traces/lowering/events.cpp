// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/events.h"

#include "sim/core/error.h"

namespace npulse::lowering {

Ring::Ring(EventTable& events, const std::string& name, Address base, Bytes slot_bytes,
           std::int64_t slots)
    : slot_bytes_{slot_bytes} {
  ensure(slots > 0, "a ring without slots");
  for (std::int64_t i = 0; i < slots; ++i) {
    const std::string slot = name + std::to_string(i);
    const auto offset = static_cast<Address>(i * slot_bytes.count());
    slots_.push_back({base + offset, events.add(slot + ".full"), events.add(slot + ".free")});
  }
}

}  // namespace npulse::lowering
