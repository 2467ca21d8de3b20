// SPDX-License-Identifier: Apache-2.0
// The visitor that fills a parameter struct from a ConfigNode. Use it through config.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/config_file.h"
#include "sim/core/scalar_types.h"

namespace npulse::detail {

/// What one reading collects, and how it words its faults.
class ReadLog {
 public:
  explicit ReadLog(const ConfigFile& file) : file_{file}, faults_{file.faults()} {}

  void wrong(const ConfigNode& node, const std::string& path, std::string message,
             std::string hint = {});
  void wrong_kind(const ConfigNode& node, const std::string& path, const char* wanted);
  void missing(const ConfigNode& map, const std::string& path, const char* key);
  void unknown_keys(const ConfigNode& map, const std::string& path,
                    const std::vector<std::string>& known);
  /// Faults that a check() found, at the places of the paths it names.
  void checked(const Faults& faults);
  void given(const ConfigNode& node, const std::string& path);

  const Faults& faults() const { return faults_; }
  std::vector<Provenance> take_provenance() { return std::move(provenance_); }

 private:
  const ConfigFile& file_;
  Faults faults_;
  std::vector<Provenance> provenance_;
};

template <class M>
void read_value(ReadLog& log, const ConfigNode& node, const std::string& path, M& out,
                Limits limits);

/// Called once a field by T::describe.
template <class T>
class FieldReader {
 public:
  FieldReader(ReadLog& log, const ConfigNode& node, const std::string& path, T& target)
      : log_{log}, node_{node}, path_{path}, target_{target} {}

  template <class M>
  void operator()(const char* name, M T::*member, const char*, const char*, Limits limits = {}) {
    known_.emplace_back(name);
    if (const ConfigNode* child = node_.find(name)) {
      read_value(log_, *child, join_path(path_, name), target_.*member, limits);
    } else if (limits.required) {
      log_.missing(node_, path_, name);
    } else if constexpr (Described<M>) {
      ConfigNode absent;  // its own required keys are then missing here
      absent.origin = node_.origin;
      read_value(log_, absent, join_path(path_, name), target_.*member, limits);
    }
  }

  const std::vector<std::string>& known() const { return known_; }

 private:
  ReadLog& log_;
  const ConfigNode& node_;
  const std::string& path_;
  T& target_;
  std::vector<std::string> known_;
};

template <class T>
concept Checked = requires(const T& value, Faults& faults, const std::string& path) {
  value.check(faults, path);
};

template <class T>
concept HasCheck = requires {
  &T::check;
};

template <ScalarType M>
void read_scalar(ReadLog& log, const ConfigNode& node, const std::string& path, M& out,
                 Limits limits) {
  if (node.kind != ConfigNode::Kind::scalar) return log.wrong_kind(node, path, "one value");
  Diagnostic fault = parse_scalar(node.text, out, limits);
  if (!fault.message.empty()) return log.wrong(node, path, fault.message, fault.hint);
  log.given(node, path);
}

template <Described T>
void read_group(ReadLog& log, const ConfigNode& node, const std::string& path, T& out) {
  if (node.kind != ConfigNode::Kind::map && node.kind != ConfigNode::Kind::null) {
    return log.wrong_kind(node, path, "a group of `key: value` lines");
  }
  const std::size_t before = log.faults().size();
  FieldReader<T> reader{log, node, path, out};
  T::describe(reader);
  log.unknown_keys(node, path, reader.known());
  static_assert(Checked<T> || !HasCheck<T>,
                "write `void check(Faults& faults, const std::string& path) const`");
  if constexpr (Checked<T>) {
    Faults found;
    if (log.faults().size() == before) out.check(found, path);
    log.checked(found);
  }
}

template <class X>
void read_optional(ReadLog& log, const ConfigNode& node, const std::string& path,
                   std::optional<X>& out, Limits limits) {
  out.reset();
  if (node.kind != ConfigNode::Kind::null) read_value(log, node, path, out.emplace(), limits);
}

template <class X>
void read_list(ReadLog& log, const ConfigNode& node, const std::string& path, std::vector<X>& out,
               Limits limits) {
  if (node.kind != ConfigNode::Kind::list) return log.wrong_kind(node, path, "a list, [a, b]");
  out.clear();
  for (const auto& child : node.children) {
    const std::string child_path = join_path(path, std::to_string(out.size()));
    read_value(log, child, child_path, out.emplace_back(), limits);
  }
}

template <class K, class X>
void read_map(ReadLog& log, const ConfigNode& node, const std::string& path, std::map<K, X>& out,
              Limits limits) {
  if (node.kind != ConfigNode::Kind::map) return log.wrong_kind(node, path, "a map, {name: value}");
  out.clear();
  for (const auto& child : node.children) {
    const std::string child_path = join_path(path, child.key);
    K key{};
    const Diagnostic fault = parse_scalar(child.key, key, {});
    if (!fault.message.empty()) {
      log.wrong(child, child_path, "its name " + fault.message, fault.hint);
    } else {
      read_value(log, child, child_path, out[key], limits);
    }
  }
}

template <class M>
void read_value(ReadLog& log, const ConfigNode& node, const std::string& path, M& out,
                Limits limits) {
  if constexpr (ScalarType<M>) {
    read_scalar(log, node, path, out, limits);
  } else if constexpr (Described<M>) {
    read_group(log, node, path, out);
  } else if constexpr (requires { out.emplace_back(); }) {
    read_list(log, node, path, out, limits);
  } else if constexpr (requires { out.has_value(); }) {
    read_optional(log, node, path, out, limits);
  } else {
    read_map(log, node, path, out, limits);
  }
}

}  // namespace npulse::detail
