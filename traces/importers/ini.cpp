// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/ini.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace npulse::importers {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, std::max(text.find_last_not_of(kBlanks) + 1, begin) - begin);
}

}  // namespace

IniFile::IniFile(const std::string& text, std::string file, Faults& faults)
    : file_{std::move(file)} {
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    read_line(rest.substr(0, end), number, faults);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void IniFile::read_line(std::string_view line, std::size_t number, Faults& faults) {
  const std::string_view content = trimmed(line);
  if (content.empty() || content[0] == '#' || content[0] == ';') return;
  const auto column = static_cast<std::size_t>(content.data() - line.data()) + 1;
  const std::string where = fmt::format("{}:{}:{}", file_, number, column);
  if (content.front() == '[' && content.back() == ']') {
    current_ = &sections_[lower(trimmed(content.substr(1, content.size() - 2)))];
    return;
  }
  const std::size_t split = content.find_first_of(":=");
  if (split == std::string_view::npos || split == 0 || !current_) {
    faults.add(where, current_ ? "is neither [section], nor key: value, nor a comment"
                               : "stands before the first [section]");
    return;
  }
  const std::string key{trimmed(content.substr(0, split))};
  const std::string text{trimmed(content.substr(split + 1))};
  if (!current_->emplace(lower(key), IniValue{key, text, where}).second) {
    faults.add(where, fmt::format("'{:.40}' stands twice in its section", key));
  }
}

const IniValue* IniFile::find(const std::string& section, const std::string& key) const {
  const auto keys = sections_.find(section);
  if (keys == sections_.end()) return nullptr;
  const auto found = keys->second.find(lower(key));
  return found == keys->second.end() ? nullptr : &found->second;
}

const IniValue* IniFile::require(const std::string& section, const std::string& key,
                                 Faults& faults) const {
  if (const IniValue* value = find(section, key)) return value;
  std::vector<std::string> present;
  const auto keys = sections_.find(section);
  if (keys != sections_.end()) {
    for (const auto& [name, value] : keys->second) present.push_back(value.key);
  }
  const auto nearest = nearest_name(key, present);
  faults.add(file_, fmt::format("[{}] {} is missing", section, key),
             nearest ? "is '" + *nearest + "' meant?" : "");
  return nullptr;
}

}  // namespace npulse::importers
