// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/hf_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace npulse::lowering {
namespace {

using Json = HfKeys::Json;

const char* const kText = "text_config";
const char* const kSource = "_source";

std::string in_text(const std::string& key) {
  return std::string{kText} + "." + key;
}

const Json* member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

bool is_count(const Json& value, std::int64_t min, std::int64_t max) {
  return value.is_number_integer() && value >= min && value <= max;
}

/// Short enough for a message, whatever the file has there.
std::string shown(const Json& value) {
  constexpr std::size_t kMost = 60;
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

}  // namespace

HfKeys::HfKeys(const Json& json, std::string file) : json_{json}, file_{std::move(file)} {
  text_ = member(json_, kText);
  if (text_ && !text_->is_object()) {
    fault(kText, shown(*text_) + " is not an object", "it holds the keys of the text model");
    text_ = nullptr;
  }
}

HfKeys::Found HfKeys::look_up(Names names) const {
  for (const char* name : names) {
    if (!text_) break;
    if (const Json* value = member(*text_, name)) return {value, in_text(name)};
  }
  for (const char* name : names) {
    if (const Json* value = member(json_, name)) return {value, name};
  }
  return {};
}

HfKeys::Found HfKeys::take(Names names) {
  Found found = look_up(names);
  const auto same = [&](const ConfigFigure& figure) { return figure.key == found.key; };
  if (found.value && std::none_of(figures_.begin(), figures_.end(), same)) {
    figures_.push_back({found.key, shown(*found.value), source_of(found.key)});
  }
  return found;
}

/// `_source` is a text for all keys, or texts by key, `*` for the others.
std::string HfKeys::source_of(const std::string& key) const {
  const Json* source = member(json_, kSource);
  if (!source) return "";
  if (source->is_string()) return source->get<std::string>();
  if (!source->is_object()) return "";
  const Json* own = member(*source, key.c_str());
  const Json* text = own ? own : member(*source, "*");
  return text && text->is_string() ? text->get<std::string>() : "";
}

std::optional<std::int64_t> HfKeys::optional_count(Names names, std::int64_t max,
                                                   std::int64_t min) {
  const Found found = take(names);
  if (!found.value) return std::nullopt;
  if (is_count(*found.value, min, max)) return found.value->get<std::int64_t>();
  fault(found.key,
        fmt::format("{} is not a whole number from {} to {}", shown(*found.value), min, max));
  return std::nullopt;
}

std::int64_t HfKeys::count(Names names, std::int64_t max) {
  if (!has(names)) {
    const std::vector<std::string> list(names.begin(), names.end());
    fault(list.size() == 1 ? list.front() : join(list), "is missing",
          "this kind of model needs it");
  }
  return optional_count(names, max).value_or(1);
}

double HfKeys::real(Names names, double fallback) {
  const Found found = take(names);
  if (!found.value) return fallback;
  if (found.value->is_number() && found.value->get<double>() > 0) return found.value->get<double>();
  fault(found.key, shown(*found.value) + " is not a number above 0");
  return fallback;
}

bool HfKeys::flag(Names names, bool fallback) {
  const Found found = take(names);
  if (!found.value) return fallback;
  if (found.value->is_boolean()) return found.value->get<bool>();
  fault(found.key, shown(*found.value) + " is neither true nor false");
  return fallback;
}

std::string HfKeys::word(Names names) {
  const Found found = take(names);
  if (!found.value) return "";
  if (found.value->is_string()) return found.value->get<std::string>();
  fault(found.key, shown(*found.value) + " is not a string");
  return "";
}

std::string HfKeys::first_word(Names names) {
  const Found found = take(names);
  const bool is_list = found.value && found.value->is_array() && !found.value->empty();
  if (!is_list || !found.value->front().is_string()) return "";
  return found.value->front().get<std::string>();
}

std::vector<std::int64_t> HfKeys::counts(Names names, std::int64_t max) {
  const Found found = take(names);
  std::vector<std::int64_t> list;
  if (!found.value) return list;
  if (!found.value->is_array()) fault(found.key, shown(*found.value) + " is not a list");
  for (std::size_t i = 0; found.value->is_array() && i < found.value->size(); ++i) {
    const Json& value = (*found.value)[i];
    if (is_count(value, 0, max)) {
      list.push_back(value.get<std::int64_t>());
    } else {
      fault(fmt::format("{}[{}]", found.key, i),
            fmt::format("{} is not a whole number from 0 to {}", shown(value), max));
    }
  }
  return list;
}

void HfKeys::fault(const std::string& key, const std::string& message, const std::string& hint) {
  faults_.add(file_ + ": " + key, message, hint);
}

}  // namespace npulse::lowering
