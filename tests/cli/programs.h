// SPDX-License-Identifier: Apache-2.0
// Small programs for edu-8x8, good and bad in one way each.
#pragma once

#include <string>

namespace npulse::test {

inline const std::string kHeader = R"(.npu 1.0
.target edu-8x8
.queue ld dma
.queue st dma
.queue mx matrix
.queue vec vector
.event in core
.event out core
)";

/// Loads an 8 x 8 tile of a and b, multiplies them, stores the product.
inline const std::string kGood = kHeader + R"(core 0 {
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[8,8] signal in+1
  ld: dma dst=spm:0x40 src=dram:0x40 shape=[8,8] signal in+1
  mx: mm a=spm:0x0 b=spm:0x40 c=acc:0x0 m=8 n=8 k=8 wait in>=2 signal out+1
  st: dma dst=dram:0x1000 src=acc:0x0 shape=[8,8] type=i32 wait out>=1
}
)";

/// Line 10 writes past the 256 KiB of scratchpad.
inline const std::string kOverflow = kHeader + R"(core 0 {
  ld: dma dst=spm:0x3ffff src=dram:0x0 shape=[8,8]
}
)";

/// Line 11 reads what line 10 may not have written yet.
inline const std::string kRace = kHeader + R"(core 0 {
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[16,8]
  mx: mm a=spm:0x0 b=spm:0x40 c=acc:0x0 m=8 n=8 k=8
}
)";

/// Line 11 waits for a second signal of `in`; line 10 gives one.
inline const std::string kStuck = kHeader + R"(core 0 {
  ld: dma dst=spm:0x0 src=dram:0x0 shape=[16,8] signal in+1
  mx: mm a=spm:0x0 b=spm:0x40 c=acc:0x0 m=8 n=8 k=8 wait in>=2
}
)";

}  // namespace npulse::test
