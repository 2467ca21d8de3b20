// SPDX-License-Identifier: Apache-2.0
// Reads values out of parsed JSON and collects what is wrong with them, each by `path.to.key`.
#pragma once

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/core/enum_names.h"
#include "sim/core/error.h"

namespace npulse::graph {

using Json = nlohmann::ordered_json;

class ValueReader {
 public:
  ValueReader(std::string file, Faults& faults) : file_{std::move(file)}, faults_{faults} {}

  void fault(const std::string& path, std::string message, std::string hint = {}) {
    faults_.add(file_ + ": " + path, std::move(message), std::move(hint));
  }

  void read(const Json& json, const std::string& path, std::int64_t& out) {
    const bool fits = json.is_number_integer() &&
                      (!json.is_number_unsigned() || json.get<std::uint64_t>() <= INT64_MAX);
    if (!fits) return wrong(json, path, "a whole number of 64 bits");
    out = json.get<std::int64_t>();
  }
  void read(const Json& json, const std::string& path, double& out) {
    if (!json.is_number()) return wrong(json, path, "a number");
    out = json.get<double>();
  }
  void read(const Json& json, const std::string& path, bool& out) {
    if (!json.is_boolean()) return wrong(json, path, "true or false");
    out = json.get<bool>();
  }
  void read(const Json& json, const std::string& path, std::string& out) {
    if (!json.is_string()) return wrong(json, path, "a string");
    out = json.get<std::string>();
  }
  template <NamedEnum E>
  void read(const Json& json, const std::string& path, E& out) {
    std::string name;
    const std::size_t before = faults_.size();
    read(json, path, name);
    if (faults_.size() != before) return;
    const auto value = parse_enum<E>(name);
    const auto names = all_names<E>();
    if (!value) return unknown(path, name, names);
    out = *value;
  }
  template <class T, std::size_t N>
  void read(const Json& json, const std::string& path, std::array<T, N>& out) {
    if (!json.is_array() || json.size() != N) {
      return wrong(json, path, fmt::format("a list of {}", N));
    }
    for (std::size_t i = 0; i < N; ++i) read(json[i], fmt::format("{}.{}", path, i), out[i]);
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::vector<T>& out) {
    if (!json.is_array()) return wrong(json, path, "a list");
    out.resize(json.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      read(json[i], fmt::format("{}.{}", path, i), out[i]);
    }
  }

  void unknown(const std::string& path, const std::string& name,
               const std::vector<std::string>& allowed) {
    fault(path, fmt::format("unknown name '{:.60}'; allowed: {}", name, join(allowed)),
          guess(name, allowed));
  }

  /// The nearest name, while few faults are known: the search takes long in large graphs.
  std::string guess(const std::string& name, const std::vector<std::string>& allowed) const {
    constexpr std::size_t kGuesses = 20, kLongest = 200;
    const bool cheap = faults_.size() < kGuesses && name.size() <= kLongest;
    return cheap ? did_you_mean(name, allowed) : "";
  }

 private:
  void wrong(const Json& json, const std::string& path, const std::string& wanted) {
    fault(path, fmt::format("{:.60} is not {}", json.dump(), wanted));
  }

  std::string file_;
  Faults& faults_;
};

}  // namespace npulse::graph
