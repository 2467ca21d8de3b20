// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/held_requests.h"

#include <algorithm>

namespace npulse::dram {

bool HeldRequests::must_wait(const Request& request, const RequestWindow& window) const {
  const auto& held = by_bank_[request.at.bank];
  return std::any_of(held.begin(), held.end(),
                     [&](const Request& other) { return overlap(request, other); }) ||
         window.conflicts(request);
}

void HeldRequests::hold(const Request& request) {
  by_bank_[request.at.bank].push_back(request);
  bursts_[static_cast<std::size_t>(direction_of(request))] += request.bursts;
}

void HeldRequests::release(std::size_t bank, RequestWindow& window) {
  std::vector<Request> waiting;
  waiting.swap(by_bank_[bank]);
  for (const Request& request : waiting) {
    if (must_wait(request, window)) {
      by_bank_[bank].push_back(request);
    } else {
      bursts_[static_cast<std::size_t>(direction_of(request))] -= request.bursts;
      window.insert(request);
    }
  }
}

}  // namespace npulse::dram
