// SPDX-License-Identifier: Apache-2.0
// INI files as Python's configparser reads them: keys of sections, in any case of letters.
#pragma once

#include <map>
#include <string>

#include "sim/core/error.h"

namespace npulse::importers {

struct IniValue {
  std::string key;  ///< As written.
  std::string text;
  std::string where;  ///< `file:line:col`
};

class IniFile {
 public:
  /// What is neither a section, a key with a value nor a comment goes to `faults`.
  IniFile(const std::string& text, std::string file, Faults& faults);

  /// Of `[section] key`, or nothing.
  const IniValue* find(const std::string& section, const std::string& key) const;

  /// The same, and a fault that names the nearest key when it is missing.
  const IniValue* require(const std::string& section, const std::string& key, Faults& faults) const;

 private:
  using Section = std::map<std::string, IniValue>;  ///< By the key in lower case.

  void read_line(std::string_view line, std::size_t number, Faults& faults);

  std::string file_;
  std::map<std::string, Section> sections_;
  Section* current_ = nullptr;
};

}  // namespace npulse::importers
