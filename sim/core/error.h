// SPDX-License-Identifier: Apache-2.0
// Typed errors. Each carries its exit code; none of the libraries exits, aborts or prints.
#pragma once

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace npulse {

/// One fault of the input: where it is, what is wrong, what is allowed or what to do.
struct Diagnostic {
  std::string where;    ///< `file:line:col`, `path.to.key` or both; empty when there is no place.
  std::string message;  ///< What was wrong and what is allowed.
  std::string hint;     ///< What to do; may be empty.

  std::string text() const;  ///< `where: message; hint`
};

class Error : public std::runtime_error {
 public:
  Error(const std::string& what, int exit_code) : std::runtime_error{what}, exit_code_{exit_code} {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

/// The user's input is wrong (exit code 2). Holds every fault that one pass found.
class InputError : public Error {
 public:
  explicit InputError(Diagnostic fault) : InputError{std::vector<Diagnostic>{std::move(fault)}} {}
  explicit InputError(std::vector<Diagnostic> faults);
  InputError(std::string where, std::string message, std::string hint = {})
      : InputError{Diagnostic{std::move(where), std::move(message), std::move(hint)}} {}
  const std::vector<Diagnostic>& faults() const { return faults_; }

 private:
  std::vector<Diagnostic> faults_;
};

/// The simulated program failed (exit code 1).
class SimulationError : public Error {
 public:
  explicit SimulationError(const std::string& what) : Error{what, 1} {}
};

/// Nothing can move any more; the text says who waits for what.
class DeadlockError : public SimulationError {
 public:
  using SimulationError::SimulationError;
};

/// Ctrl-C (exit code 130).
class Interrupted : public Error {
 public:
  Interrupted() : Error{"interrupted", 130} {}
};

/// Our bug (exit code 3).
class InternalError : public Error {
 public:
  explicit InternalError(const std::string& what) : Error{what, 3} {}
};

/// Collects the faults of one pass, so that all are reported together.
class Faults {
 public:
  void add(std::string where, std::string message, std::string hint = {}) {
    list_.push_back({std::move(where), std::move(message), std::move(hint)});
  }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  const std::vector<Diagnostic>& list() const { return list_; }
  void throw_if_any() const {
    if (!list_.empty()) throw InputError{list_};
  }

 private:
  std::vector<Diagnostic> list_;
};

/// The candidate nearest to `given` by edit distance, if one is near enough to be a likely typo.
std::optional<std::string> nearest_name(std::string_view given,
                                        std::span<const std::string> candidates);

/// `; did you mean 'x'?` or nothing.
std::string did_you_mean(std::string_view given, std::span<const std::string> candidates);

/// Joins with `, `.
std::string join(std::span<const std::string> words);

/// Throws InternalError when `condition` is false; kept in release builds.
inline void ensure(bool condition, const char* what) {
  if (!condition) throw InternalError{std::string{"internal error: "} + what};
}

}  // namespace npulse
