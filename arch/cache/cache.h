// SPDX-License-Identifier: Apache-2.0
// Which lines a set-associative cache holds, and when it answers: no data, no clock of its own.
#pragma once

#include <vector>

#include "arch/cache/params.h"

namespace npulse::arch {

class Cache {
 public:
  explicit Cache(const CacheParams& params);

  /// True when all lines of the run are held; afterwards they are.
  bool read(Address address, std::int64_t bytes);
  /// Lines that are written whole are held from now on, others only if they were.
  void write(Address address, std::int64_t bytes);

  /// When `bytes` that are held have been read, for a request at `now`; requests follow each other.
  Cycles hit(Cycles now, std::int64_t bytes);

 private:
  bool touch(Address line, bool allocate);

  CacheParams params_;
  std::size_t sets_;
  std::vector<std::vector<Address>> lines_;  ///< By set: the most recently used first.
  Cycles free_at_{};
};

}  // namespace npulse::arch
