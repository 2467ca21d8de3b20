// SPDX-License-Identifier: Apache-2.0
// The decompressor of a DMA engine: coded bytes in as they come, expanded bytes out at a rate.
#pragma once

#include <algorithm>

#include "arch/dma/params.h"

namespace npulse::arch {

/// Cycles and bytes since the start.
struct DecompressorUse {
  std::int64_t coded_bytes = 0, expanded_bytes = 0;
  Cycles busy{};
  Cycles waited{};  ///< That pieces waited for those before them, summed over pieces.
};

class Decompressor {
 public:
  Decompressor(std::int64_t bytes_per_cycle, Cycles latency)
      : bytes_per_cycle_{bytes_per_cycle}, latency_{latency} {}

  /// Whether a piece that comes at `now` finds it at work.
  bool busy(Cycles now) const { return free_ > now; }

  /// When all of a piece that came at `now` is out.
  Cycles expand(Cycles now, std::int64_t coded_bytes, std::int64_t expanded_bytes) {
    const Cycles start = std::max(free_, now);
    const Cycles work{ceil_div(expanded_bytes, bytes_per_cycle_)};
    use_.coded_bytes += coded_bytes;
    use_.expanded_bytes += expanded_bytes;
    use_.busy += work;
    use_.waited += start - now;
    free_ = start + work;
    return free_ + latency_;
  }

  const DecompressorUse& use() const { return use_; }

 private:
  std::int64_t bytes_per_cycle_;
  Cycles latency_;
  Cycles free_{};  ///< It is taken until then.
  DecompressorUse use_;
};

}  // namespace npulse::arch
