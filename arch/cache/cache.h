// SPDX-License-Identifier: Apache-2.0
// When a cache answers: accesses in order, lines fetched and written back below it.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "arch/cache/tags.h"

namespace npulse::arch {

/// What lies below a cache.
class CacheBacking {
 public:
  virtual ~CacheBacking() = default;
  /// Asks for a line at `at` >= now; Cache::filled() answers.
  virtual void fetch(Address address, std::int64_t bytes, Cycles at) = 0;
  virtual void write_back(Address address, std::int64_t bytes, Cycles at) = 0;
};

/// Plain class: every method takes the current cycle, which never goes back.
class Cache {
 public:
  using RequestId = std::uint32_t;
  struct Counts {
    std::int64_t hits = 0, misses = 0, write_backs = 0;  ///< Accesses, one a line; lines.
  };

  Cache(const CacheParams& params, CacheBacking& below);

  void request(Cycles arrival, RequestId id, Address address, std::int64_t bytes, bool write);
  /// A line that was fetched is here.
  void filled(Cycles now, Address address);
  void step(Cycles now);
  /// The next request that is answered by now.
  std::optional<RequestId> take_answered(Cycles now);
  /// When step() or take_answered() has something to do without filled().
  std::optional<Cycles> wake_at() const;
  bool idle() const { return left_.empty(); }
  const Counts& counts() const { return counts_; }

 private:
  struct Access {
    Cycles arrival;
    RequestId id;
    Address line;
    std::int64_t bytes;
    bool write;
  };

  bool serve(Cycles now, const Access& access);
  void miss(Cycles now, const Access& access);
  void take(Cycles now, std::int64_t bytes);
  void done(RequestId id, Cycles at);

  CacheParams params_;
  CacheBacking& below_;
  Tags tags_;
  std::deque<Access> waiting_;
  std::multimap<Address, RequestId> coming_;  ///< By line: who waits for it.
  std::multimap<Cycles, RequestId> answers_;
  std::map<RequestId, std::int64_t> left_;  ///< Accesses without an answer.
  std::int64_t fetching_ = 0;
  bool held_up_ = false;  ///< The first access waits for a line.
  Cycles free_at_{};
  Counts counts_;
};

}  // namespace npulse::arch
