// SPDX-License-Identifier: Apache-2.0
// A table from packed keys to what they lead to, that can only grow.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace npulse::dram {

/// All that sets a question apart, packed; its first word is not 0.
struct TableKey {
  std::array<std::uint64_t, 3> words{};
  bool operator==(const TableKey& other) const {
    return words[0] == other.words[0] && words[1] == other.words[1] && words[2] == other.words[2];
  }
  bool free() const { return words[0] == 0; }
};

template <class Value>
class KeyTable {
 public:
  const Value* find(const TableKey& key) const {
    const Slot& slot = slots_[slot_of(key)];
    return slot.key.free() ? nullptr : &slot.value;
  }
  /// `key` must be new.
  void insert(const TableKey& key, const Value& value) {
    if (2 * size_ > mask_) grow();
    slots_[slot_of(key)] = {key, value};
    ++size_;
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    TableKey key;
    Value value;
  };
  static constexpr std::size_t kFirstSlots = 1 << 12;

  static std::uint64_t mixed(const TableKey& key) {
    std::uint64_t hash = key.words[0] * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32 ^ key.words[1]) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 29 ^ key.words[2]) * 0x94D049BB133111EBu;
    return hash;
  }
  /// The slot that holds `key`, or the free one where it belongs.
  std::size_t slot_of(const TableKey& key) const {
    auto i = static_cast<std::size_t>(mixed(key) >> shift_);
    while (!slots_[i].key.free() && !(slots_[i].key == key)) i = (i + 1) & mask_;
    return i;
  }
  void grow() {
    std::vector<Slot> old(4 * slots_.size());
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    shift_ -= 2;
    for (const Slot& slot : old) {
      if (!slot.key.free()) slots_[slot_of(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(kFirstSlots);
  std::size_t size_ = 0, mask_ = kFirstSlots - 1;
  int shift_ = 64 - std::countr_zero(kFirstSlots);
};

}  // namespace npulse::dram
