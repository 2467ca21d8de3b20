// SPDX-License-Identifier: Apache-2.0
#include "sim/core/stats.h"

namespace npulse {

const char* to_string(Unit unit) {
  switch (unit) {
    case Unit::count: return "count";
    case Unit::bytes: return "bytes";
    case Unit::cycles: return "cycles";
    case Unit::picoseconds: return "ps";
    case Unit::picojoules: return "pJ";
    case Unit::ratio: return "ratio";
  }
  return "?";
}

}  // namespace npulse
