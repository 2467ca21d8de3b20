// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_use.h"

#include <algorithm>
#include <numeric>

namespace npulse::arch {
namespace {

__extension__ using Wide = __int128;

std::int64_t first_bank(const SpmParams& params, const AccessStream& stream) {
  const auto word = stream.address / static_cast<Address>(params.width.count());
  return static_cast<std::int64_t>(word % static_cast<Address>(params.banks));
}

BankUse dense(const SpmParams& params, const AccessStream& stream) {
  const std::int64_t width = params.width.count();
  const auto offset = static_cast<std::int64_t>(stream.address % static_cast<Address>(width));
  const std::int64_t words = ceil_div(offset + stream.bytes, width);
  return {words, ceil_div(words, params.banks), first_bank(params, stream), {}};
}

/// Loads of all banks as differences between neighbours, so that a run costs a step, not one a
/// bank.
class Loads {
 public:
  explicit Loads(const SpmParams& params)
      : width_{params.width.count()},
        banks_{params.banks},
        steps_(static_cast<std::size_t>(banks_)) {}

  /// `times` runs of `bytes` at `at`, an address within a row of all banks.
  void add(std::int64_t at, std::int64_t bytes, std::int64_t times) {
    const std::int64_t first = at / width_, words = (at + bytes - 1) / width_ - first + 1;
    const std::int64_t end = first + words % banks_;
    everywhere_ += times * (words / banks_);
    if (end == first) return;
    step(first) += times;
    if (end > banks_) step(0) += times;
    if (end != banks_) step(end % banks_) -= times;
  }

  std::vector<std::int64_t> per_bank() && {
    steps_[0] += everywhere_;
    std::partial_sum(steps_.begin(), steps_.end(), steps_.begin());
    return std::move(steps_);
  }

 private:
  std::int64_t& step(std::int64_t bank) { return steps_[static_cast<std::size_t>(bank)]; }

  std::int64_t width_, banks_, everywhere_ = 0;
  std::vector<std::int64_t> steps_;
};

std::vector<std::int64_t> loads_of(const SpmParams& params, const AccessStream& stream) {
  const std::int64_t row = params.banks * params.width.count();
  const std::int64_t stride = (stream.stride_bytes % row + row) % row;
  const std::int64_t period = row / std::gcd(stride, row);
  const std::int64_t runs = stream.bytes / stream.run_bytes, rest = stream.bytes % stream.run_bytes;
  Loads loads{params};
  const auto start = static_cast<std::int64_t>(stream.address % static_cast<Address>(row));
  std::int64_t at = start;
  for (std::int64_t i = 0; i < std::min(runs, period); ++i) {
    loads.add(at, stream.run_bytes, ceil_div(runs - i, period));
    at = (at + stride) % row;
  }
  const Wide behind = start + static_cast<Wide>(runs % period) * stride;
  if (rest > 0) loads.add(static_cast<std::int64_t>(behind % row), rest, 1);
  return std::move(loads).per_bank();
}

}  // namespace

BankUse bank_use(const SpmParams& params, const AccessStream& stream) {
  const bool one_run = stream.run_bytes == 0 || stream.run_bytes >= stream.bytes;
  if (one_run || stream.run_bytes == stream.stride_bytes) return dense(params, stream);
  BankUse use;
  use.first_bank = first_bank(params, stream);
  use.loads = loads_of(params, stream);
  use.accesses = std::accumulate(use.loads.begin(), use.loads.end(), std::int64_t{0});
  use.busiest = *std::max_element(use.loads.begin(), use.loads.end());
  if (use.busiest == ceil_div(use.accesses, params.banks)) use.loads.clear();
  return use;
}

}  // namespace npulse::arch
