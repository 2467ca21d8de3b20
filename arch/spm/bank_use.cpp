// SPDX-License-Identifier: Apache-2.0
#include "arch/spm/bank_use.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace npulse::arch {
namespace {

BankUse dense(const SpmParams& params, const AccessStream& stream) {
  const std::int64_t width = params.width.count();
  const auto offset = static_cast<std::int64_t>(stream.address % static_cast<Address>(width));
  const std::int64_t words = ceil_div(offset + stream.bytes, width);
  return {words, ceil_div(words, params.banks)};
}

/// The runs of one period start at a + i * step for all i, modulo the bytes of one row of all
/// banks. A run touches bank b when it starts in the `reach` bytes that end where bank b ends; so
/// b's load is the number of starts there, one of two neighbouring integers that depends on the
/// phase of b's end within `step`. Phases are a multiple of gcd(width, step) apart.
class Period {
 public:
  Period(const SpmParams& params, const AccessStream& stream)
      : banks_{params.banks},
        row_{params.banks * params.width.count()},
        step_{std::gcd(std::abs(stream.stride_bytes), row_)},
        laps_{stream.run_bytes / row_},
        reach_{stream.run_bytes % row_ + params.width.count() - 1},
        grain_{std::gcd(params.width.count(), step_)} {
    const auto end = static_cast<std::int64_t>(stream.address % static_cast<Address>(row_)) +
                     stream.run_bytes % row_;
    phase_ = (grain_ - end % grain_) % grain_;
  }

  std::int64_t runs() const { return row_ / step_; }

  std::int64_t accesses() const {
    // Of the step_ / grain_ phases, those in which one more start is within reach.
    const std::int64_t short_of = step_ - reach_ % step_ - phase_;
    const std::int64_t more =
        step_ / grain_ - std::max<std::int64_t>(0, ceil_div(short_of, grain_));
    return runs() * laps_ * banks_ + banks_ * (reach_ / step_) + banks_ * grain_ / step_ * more;
  }

  std::int64_t busiest(std::int64_t first_runs) const {
    const std::int64_t most = reach_ / step_ + (reach_ % step_ + phase_ >= grain_ ? 1 : 0);
    return first_runs * laps_ + std::min(most, first_runs * ceil_div(reach_, row_));
  }

 private:
  std::int64_t banks_, row_, step_, laps_, reach_, grain_, phase_ = 0;
};

}  // namespace

BankUse bank_use(const SpmParams& params, const AccessStream& stream) {
  const bool one_run = stream.run_bytes == 0 || stream.run_bytes >= stream.bytes;
  if (one_run || stream.run_bytes == stream.stride_bytes) return dense(params, stream);
  const Period period{params, stream};
  const std::int64_t runs = ceil_div(stream.bytes, stream.run_bytes);
  const std::int64_t whole = runs / period.runs(), rest = runs % period.runs();
  return {whole * period.accesses() + ceil_div(rest * period.accesses(), period.runs()),
          whole * period.busiest(period.runs()) + period.busiest(rest)};
}

}  // namespace npulse::arch
