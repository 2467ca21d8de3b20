// SPDX-License-Identifier: Apache-2.0
// Looks keys of a model's JSON up under any of their names, remembers what it read, and collects
// what is wrong with it.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/error.h"

namespace npulse::lowering {

/// A key that was read, as the file has it, and what its `_source` says of it.
struct ConfigFigure {
  std::string key, value, source;
};

class HfKeys {
 public:
  using Json = nlohmann::ordered_json;
  using Names = std::initializer_list<const char*>;

  /// Keys within `text_config` (of models that also see or hear) come first, if there is one.
  /// `json` is an object and must outlive this.
  HfKeys(const Json& json, std::string file);

  bool has(Names names) const { return look_up(names).value != nullptr; }

  /// A whole number from `min` to `max`, or a fault; absent if no key is there.
  std::optional<std::int64_t> optional_count(Names names, std::int64_t max, std::int64_t min = 1);
  /// The same, and a fault if no key is there.
  std::int64_t count(Names names, std::int64_t max);
  /// Above zero.
  double real(Names names, double fallback);
  bool flag(Names names, bool fallback);
  std::string word(Names names);
  std::string first_word(Names names);  ///< Of a list of them; the rest is not looked at.
  std::vector<std::int64_t> counts(Names names, std::int64_t max);  ///< Each from 0.

  /// `key` is one of a file's; the message says `file: path.to.key`.
  void fault(const std::string& key, const std::string& message, const std::string& hint = {});
  void throw_if_any() const { faults_.throw_if_any(); }
  const std::vector<ConfigFigure>& figures() const { return figures_; }

 private:
  struct Found {
    const Json* value = nullptr;
    std::string key;
  };
  Found look_up(Names names) const;
  Found take(Names names);
  std::string source_of(const std::string& key) const;

  const Json& json_;
  const Json* text_ = nullptr;
  std::string file_;
  Faults faults_;
  std::vector<ConfigFigure> figures_;
};

}  // namespace npulse::lowering
