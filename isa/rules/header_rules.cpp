// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "isa/rules/checks.h"
#include "isa/rules/rules.h"

namespace npulse::isa {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Names of one kind of declaration: well-formed, unique, not too many.
template <class Range, class NameOf>
void check_names(const char* what, const Range& range, NameOf name_of, const std::string& where,
                 Faults& faults) {
  if (range.size() > kMaxDeclarations) {
    faults.add(where, fmt::format("{} of .{}: over {}", range.size(), what, kMaxDeclarations));
    return;
  }
  std::set<std::string_view> seen;
  for (const auto& entry : range) {
    const std::string& name = name_of(entry);
    if (!is_name(name)) {
      faults.add(
          where, fmt::format(".{} has a bad name '{}'", what, name.substr(0, kMaxNameLength)),
          fmt::format("a name is a letter or '_', then letters, digits, '_' or '.', at most {}",
                      kMaxNameLength));
    } else if (!seen.insert(name).second) {
      faults.add(where, fmt::format(".{} '{}' is declared twice", what, name));
    }
  }
}

void check_features(const std::vector<std::string>& features, const std::string& where,
                    Faults& faults) {
  for (const auto& feature : features) {
    if (std::find(kFeatures.begin(), kFeatures.end(), feature) == kFeatures.end()) {
      faults.add(where,
                 fmt::format("the program requires '{}', which this npulse does not know", feature),
                 "use a newer npulse");
    }
  }
}

/// Boxes of one name are parts of one tensor.
bool same_tensor(const TensorDecl& a, const TensorDecl& b) {
  return a.role == b.role && a.shape == b.shape && a.type == b.type && a.codec == b.codec;
}

void check_tensors(const ProgramHeader& header, const std::string& where, Faults& faults) {
  if (header.tensors.size() > kMaxTensors) {
    faults.add(where, fmt::format("over {} of .tensor", kMaxTensors));
    return;
  }
  std::map<std::string, const TensorDecl*> seen;
  for (const TensorDecl& tensor : header.tensors) {
    const auto add = [&](const std::string& message, const std::string& hint) {
      faults.add(where,
                 fmt::format(".tensor {}: {}", tensor.name.substr(0, kMaxNameLength), message),
                 hint);
    };
    const auto fault = rules::fault_of(tensor, header);
    if (fault) add(fault->message, fault->hint);
    const TensorDecl& first = *seen.emplace(tensor.name, &tensor).first->second;
    if (!fault && !same_tensor(first, tensor))
      add("its boxes differ in role, shape, type or codec", "give other tensors other names");
  }
}

}  // namespace

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxNameLength || !is_letter(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '.'; });
}

std::string nearest_name(std::string_view text) {
  std::string name{text};
  if (name.empty() || !is_letter(name.front())) name.insert(name.begin(), '_');
  const auto odd = [](char c) { return !is_letter(c) && !is_digit(c) && c != '.'; };
  std::replace_if(name.begin(), name.end(), odd, '_');
  name.resize(std::min(name.size(), kMaxNameLength));
  return name;
}

void check_header(const ProgramHeader& header, const std::string& where, Faults& faults) {
  const auto add = [&](const std::optional<Diagnostic>& fault) {
    if (fault) faults.add(where, fault->message, fault->hint);
  };
  add(rules::outside({"cores", header.cores}, 1, kMaxCores));
  add(rules::too_long("target", header.target));
  const auto name = [](const auto& declared) -> const std::string& { return declared.name; };
  check_names("queue", header.queues, name, where, faults);
  check_names("event", header.events, name, where, faults);
  check_names("requires", header.requires_, std::identity{}, where, faults);
  check_features(header.requires_, where, faults);
  const auto key = [](const auto& entry) -> const std::string& { return entry.first; };
  check_names("meta", header.meta, key, where, faults);
  check_tensors(header, where, faults);
  for (const auto& [name_of_fact, value] : header.meta) {
    if (value.size() > kMaxMetaLength)
      faults.add(where, fmt::format("meta {} is too long", name_of_fact));
  }
}

}  // namespace npulse::isa
