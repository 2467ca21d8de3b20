// SPDX-License-Identifier: Apache-2.0
#include "arch/ports/execution.h"

namespace npulse::arch {

void reserve(ScratchpadPort& port, Span span, const AccessStream& stream, Activity& activity,
             Delay& delay) {
  if (stream.bytes == 0) return;
  const Cycles end = port.reserve(span.start, span.end - span.start, stream);
  activity.count_access(stream.space, stream.write, stream.bytes);
  delay.raise(end - span.end, to_string(stream.space));
}

}  // namespace npulse::arch
