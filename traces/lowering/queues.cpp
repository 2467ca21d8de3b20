// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/queues.h"

#include "sim/core/error.h"

namespace npulse::lowering {

Queues assign_queues(const Target& target) {
  std::vector<std::uint16_t> of_kind[3];
  for (std::size_t i = 0; i < target.queues.size(); ++i) {
    of_kind[static_cast<std::size_t>(target.queues[i].kind)].push_back(
        static_cast<std::uint16_t>(i));
  }
  Faults faults;
  for (const isa::QueueKind kind :
       {isa::QueueKind::dma, isa::QueueKind::matrix, isa::QueueKind::vector}) {
    if (of_kind[static_cast<std::size_t>(kind)].empty()) {
      faults.add(target.name, std::string{"has no queue of kind "} + to_string(kind),
                 "lowering needs at least one of each kind");
    }
  }
  faults.throw_if_any();
  const auto& dma = of_kind[0];
  return {{dma.front(), dma.size() > 2 ? dma[1] : dma.front(), dma.back(), of_kind[1].front(),
           of_kind[2].front()}};
}

}  // namespace npulse::lowering
