// SPDX-License-Identifier: Apache-2.0
// Which rows of the embedding table a run reads.
#pragma once

#include <cstdint>

namespace npulse::lowering {

/// Token ids are not known before a run: rows far apart stand for them.
inline std::int64_t row_of_token(std::int64_t token, std::int64_t vocab) {
  constexpr std::int64_t kPrime = 7919;
  return token * kPrime % vocab;
}

}  // namespace npulse::lowering
