// SPDX-License-Identifier: Apache-2.0
// Memo tables that take no notice of a part of what they are asked for: mutations of the key.
#pragma once

#include <map>
#include <vector>

#include "arch/dram/memo.h"

namespace npulse::testing {

/// Takes states for the same that differ in some words of their codes only.
class StateForgetter : public dram::MemoTable {
 public:
  explicit StateForgetter(std::vector<std::size_t> words) : words_{std::move(words)} {}

  std::optional<StateId> intern(const dram::StateCode& code) override {
    dram::StateCode rest = code;
    for (const std::size_t word : words_) rest.at(word) = 0;
    const auto known = known_.find(rest);
    if (known != known_.end()) return known->second;
    const auto id = MemoTable::intern(code);
    if (id) known_.emplace(std::move(rest), *id);
    return id;
  }

 private:
  std::vector<std::size_t> words_;
  std::map<dram::StateCode, StateId> known_;
};

/// Some neighbouring bits of a key.
struct KeyField {
  std::size_t first_bit, bits;
};

/// Answers a question that differs in the field only as it would the one that it knows.
class FieldForgetter : public dram::MemoTable {
 public:
  explicit FieldForgetter(KeyField field) : field_{field} {}

  void insert(const Key& key, const Step& step) override {
    MemoTable::insert(key, step);
    for (std::uint64_t change = 1; change < std::uint64_t{1} << field_.bits; ++change) {
      Key other = key;
      other.words[field_.first_bit / 64] ^= change << field_.first_bit % 64;
      if (!find(other)) MemoTable::insert(other, step);
    }
  }

 private:
  KeyField field_;
};

}  // namespace npulse::testing
