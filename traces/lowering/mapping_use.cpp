// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/mapping_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace npulse::lowering {
namespace {

template <class T>
bool has(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

template <class E>
std::string names_of(const std::vector<E>& list) {
  std::vector<std::string> names;
  for (const E item : list) names.emplace_back(to_string(item));
  return names.empty() ? "nothing" : join(names);
}

}  // namespace

LayerRequest::LayerRequest(const LayerMapping* asked, std::string layer, LayerFreedom freedom,
                           Faults& faults)
    : asked_{asked},
      layer_{std::move(layer)},
      named_{asked && asked->name == layer_},
      freedom_{std::move(freedom)},
      faults_{faults} {
  if (named_) refuse_foreign();
}

void LayerRequest::refuse_foreign() const {
  const auto refuse = [&](const auto& given, const auto& allowed, const char* what) {
    for (const auto& [key, value] : given) {
      if (has(allowed, key)) continue;
      faults_.add(value.where, fmt::format("{} has no such {}", freedom_.kind, what),
                  "allowed: " + names_of(allowed));
    }
  };
  refuse(asked_->tile, freedom_.tile, "tile size");
  refuse(asked_->split, freedom_.split, "split");
  refuse(asked_->knobs, freedom_.knobs, "setting");
}

void LayerRequest::wrong(const std::string& message, const std::string& hint) const {
  faults_.add(asked_->where, fmt::format("for layer '{}' {}", layer_, message), hint);
}

void LayerRequest::too_large(Bytes scratchpad, Bytes accumulators, const Target& target,
                             const char* note) const {
  wrong(fmt::format("no tile as asked fits: it takes at least {} bytes of scratchpad and {} of "
                    "accumulators{}; {} has {} and {}",
                    scratchpad.count(), accumulators.count(), note, target.name,
                    target.spm_bytes.count(), target.acc_bytes.count()),
        "make the tile smaller");
}

void LayerRequest::wrong(const Given& given, const std::string& message,
                         const std::string& hint) const {
  faults_.add(given.where, fmt::format("for layer '{}' {}", layer_, message), hint);
}

std::optional<std::int64_t> LayerRequest::bounded(const Given& given, std::int64_t most) const {
  if (given.value > most && named_) wrong(given, fmt::format("must be between 1 and {}", most), "");
  return std::min(given.value, most);
}

std::optional<std::int64_t> LayerRequest::tile(Loop loop, std::int64_t most) const {
  if (!asked_ || !asked_->tile.contains(loop)) return std::nullopt;
  return bounded(asked_->tile.at(loop), most);
}

std::optional<std::int64_t> LayerRequest::split(Loop loop, std::int64_t most) const {
  if (!asked_ || !asked_->split.contains(loop)) return std::nullopt;
  return bounded(asked_->split.at(loop), most);
}

std::optional<std::int64_t> LayerRequest::number(Knob knob, std::int64_t least,
                                                 std::int64_t most) const {
  if (!asked_ || !asked_->knobs.contains(knob) || !has(freedom_.knobs, knob)) return std::nullopt;
  const Given& given = asked_->knobs.at(knob);
  if (given.value < least || (given.value > most && named_))
    wrong(given, fmt::format("must be between {} and {}", least, most), "");
  return std::clamp(given.value, least, most);
}

std::optional<bool> LayerRequest::flag(Knob knob) const {
  if (!asked_ || !asked_->knobs.contains(knob) || !has(freedom_.knobs, knob)) return std::nullopt;
  return asked_->knobs.at(knob).value != 0;
}

/// A pattern's order that is none of the layer's own is another kind of layer's.
std::optional<std::size_t> LayerRequest::order() const {
  if (!asked_ || asked_->order.empty()) return std::nullopt;
  for (std::size_t i = 0; i < freedom_.orders.size(); ++i) {
    if (freedom_.orders[i] == asked_->order) return i;
  }
  const auto foreign = [&](Loop loop) {
    const auto& own = freedom_.orders.front();
    return !has(own, loop);
  };
  if (!named_ && std::any_of(asked_->order.begin(), asked_->order.end(), foreign))
    return std::nullopt;
  std::string allowed;
  for (const auto& order : freedom_.orders)
    allowed += fmt::format("{}[{}]", allowed.empty() ? "" : " or ", names_of(order));
  faults_.add(asked_->order_where, fmt::format("[{}] is no order of {}; allowed: {}",
                                               names_of(asked_->order), freedom_.kind, allowed));
  return std::nullopt;
}

MappingUse::MappingUse(const std::optional<Mapping>& asked)
    : asked_{asked.value_or(Mapping{})}, faults_{asked_.faults} {}

LayerRequest MappingUse::layer(const std::string& name, LayerFreedom freedom) {
  names_.push_back(name);
  return {asked_.find(name), name, std::move(freedom), faults_};
}

void MappingUse::find_strangers() {
  for (const LayerMapping& entry : asked_.layers) {
    const auto meant = [&](const std::string& name) {
      return entry.name == name || fits_pattern(entry.name, name);
    };
    if (std::any_of(names_.begin(), names_.end(), meant)) continue;
    faults_.add(entry.where, "there is no layer of that name whose tiles can be set",
                hint_for(entry.name));
  }
}

/// The nearest name, or some of those there are.
std::string MappingUse::hint_for(const std::string& stranger) const {
  constexpr std::size_t kShown = 8;
  if (names_.empty()) return "nothing of this model has such tiles";
  const std::string guess = did_you_mean(stranger, names_);
  if (!guess.empty()) return guess;
  std::vector<std::string> some = names_;
  some.resize(std::min(kShown, some.size()));
  return "there are: " + join(some) + (names_.size() > kShown ? ", ..." : "");
}

Mapping MappingUse::finish() {
  find_strangers();
  Faults once;  // an entry that means many layers is wrong once
  std::set<std::pair<std::string, std::string>> seen;
  for (const Diagnostic& fault : faults_.list()) {
    if (seen.emplace(fault.where, fault.message).second)
      once.add(fault.where, fault.message, fault.hint);
  }
  once.throw_if_any();
  return std::move(made_);
}

}  // namespace npulse::lowering
