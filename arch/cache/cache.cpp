// SPDX-License-Identifier: Apache-2.0
#include "arch/cache/cache.h"

#include <algorithm>

namespace npulse::arch {

Cache::Cache(const CacheParams& params, CacheBacking& below)
    : params_{params}, below_{below}, tags_{params} {}

void Cache::request(Cycles arrival, RequestId id, Address address, std::int64_t bytes, bool write) {
  const auto size = static_cast<Address>(params_.line.count());
  const Address end = address + static_cast<Address>(bytes);
  for (Address line = address / size; line * size < end; ++line) {
    const Address from = std::max(address, line * size), to = std::min(end, (line + 1) * size);
    waiting_.push_back({arrival, id, line, static_cast<std::int64_t>(to - from), write});
    ++left_[id];
  }
}

void Cache::step(Cycles now) {
  while (!held_up_ && !waiting_.empty() && waiting_.front().arrival <= now && free_at_ <= now) {
    if (!serve(now, waiting_.front())) {
      held_up_ = true;
      return;
    }
    waiting_.pop_front();
  }
}

/// False: not before a line has come.
bool Cache::serve(Cycles now, const Access& access) {
  Tags::Line* line = tags_.find(access.line);
  if (!line && params_.warm && tags_.has_empty_way(access.line)) {
    tags_.insert({access.line});
    line = tags_.find(access.line);
  }
  if (!line) {
    if (fetching_ == params_.misses || !tags_.room_for(access.line)) return false;
    miss(now, access);
    return true;
  }
  if (line->coming && params_.waits_for_line) return false;
  ++counts_.hits;
  line->dirty = line->dirty || access.write;
  take(now, access.bytes);
  if (line->coming) {
    coming_.emplace(access.line, access.id);
  } else {
    done(access.id, free_at_ + params_.hit_cycles);
  }
  return true;
}

void Cache::miss(Cycles now, const Access& access) {
  ++counts_.misses;
  const std::int64_t size = params_.line.count();
  const bool whole = access.write && access.bytes == size;
  take(now, whole ? size : 0);
  const auto left = tags_.insert({access.line, access.write, !whole});
  if (left && left->dirty) {
    ++counts_.write_backs;
    take(free_at_, size);
    below_.write_back(left->number * static_cast<Address>(size), size, free_at_);
  }
  if (whole) return done(access.id, free_at_ + params_.hit_cycles);
  ++fetching_;
  coming_.emplace(access.line, access.id);
  below_.fetch(access.line * static_cast<Address>(size), size, free_at_);
}

void Cache::filled(Cycles now, Address address) {
  const Address number = address / static_cast<Address>(params_.line.count());
  --fetching_;
  held_up_ = false;
  free_at_ =
      std::max(free_at_, now) + Cycles{ceil_div(params_.line.count(), params_.bytes_per_cycle)};
  const auto [first, last] = coming_.equal_range(number);
  for (auto it = first; it != last; ++it) done(it->second, free_at_ + params_.hit_cycles);
  coming_.erase(first, last);
  tags_.find(number)->coming = false;
}

/// An access or a line of `bytes` takes the cache from `now` on.
void Cache::take(Cycles now, std::int64_t bytes) {
  free_at_ = now + params_.access_cycles + Cycles{ceil_div(bytes, params_.bytes_per_cycle)};
}

void Cache::done(RequestId id, Cycles at) {
  const auto found = left_.find(id);
  if (--found->second > 0) return;
  left_.erase(found);
  answers_.emplace(at, id);
}

std::optional<Cache::RequestId> Cache::take_answered(Cycles now) {
  if (answers_.empty() || answers_.begin()->first > now) return std::nullopt;
  const RequestId id = answers_.begin()->second;
  answers_.erase(answers_.begin());
  return id;
}

std::optional<Cycles> Cache::wake_at() const {
  std::optional<Cycles> wake;
  if (!answers_.empty()) wake = answers_.begin()->first;
  if (held_up_ || waiting_.empty()) return wake;
  const Cycles next = std::max(waiting_.front().arrival, free_at_);
  return wake ? std::min(*wake, next) : next;
}

}  // namespace npulse::arch
