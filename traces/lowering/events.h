// SPDX-License-Identifier: Apache-2.0
// Events of a lowered program, and buffers whose filling and freeing they order.
#pragma once

#include <boost/container/static_vector.hpp>
#include <string>
#include <vector>

#include "isa/program.h"

namespace npulse::lowering {

/// Events that one instruction waits for, or signals.
using Events = boost::container::static_vector<isa::EventId, 8>;

class EventTable {
 public:
  isa::EventId add(std::string name, isa::EventScope scope = isa::EventScope::core) {
    declarations_.push_back({std::move(name), scope});
    return static_cast<isa::EventId>(declarations_.size() - 1);
  }
  const std::vector<isa::EventDecl>& declarations() const { return declarations_; }
  bool is_chip_wide(isa::EventId event) const {
    return declarations_[event].scope == isa::EventScope::chip;
  }

 private:
  std::vector<isa::EventDecl> declarations_;
};

/// One buffer: fillers wait for `free` and signal `full`; users wait for `full`, the last signals
/// `free`. Waits mean "all that program order signalled so far", so that any number may do each.
struct Slot {
  Address address = 0;
  isa::EventId full = 0, free = 0;
};

/// Equal buffers used in turn.
class Ring {
 public:
  Ring() = default;
  /// Declares the events NAME<i>.full and NAME<i>.free.
  Ring(EventTable& events, const std::string& name, Address base, Bytes slot_bytes,
       std::int64_t slots);

  const Slot& next() { return slots_[next_++ % slots_.size()]; }
  const Slot& at(std::size_t i) const { return slots_[i]; }
  std::size_t size() const { return slots_.size(); }
  Bytes slot_bytes() const { return slot_bytes_; }

 private:
  Bytes slot_bytes_{};
  std::vector<Slot> slots_;
  std::size_t next_ = 0;
};

}  // namespace npulse::lowering
