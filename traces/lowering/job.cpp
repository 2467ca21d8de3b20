// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/job.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.h"
#include "traces/lowering/routing.h"

namespace npulse::lowering {
namespace {

constexpr std::int64_t kMaxBatch = 1 << 16;
constexpr std::int64_t kMaxContext = 1 << 24;
constexpr std::int64_t kMaxCores = 64;  // bits of Dma.multicast

void check_range(Faults& faults, const char* option, std::int64_t value, std::int64_t min,
                 std::int64_t max) {
  if (value >= min && value <= max) return;
  faults.add(option, fmt::format("{} is not from {} to {}", value, min, max));
}

void check_layers(Faults& faults, const LayerRange& range, const Transformer& model) {
  if (range.first >= 0 && range.first < range.last && range.last <= model.layers) return;
  faults.add("layers", fmt::format("{}:{} is not a range A:B with 0 <= A < B <= {}", range.first,
                                   range.last, model.layers));
}

/// Columns of the narrowest matrix that all cores share.
std::int64_t narrowest_matrix(const Transformer& model) {
  std::int64_t narrowest = std::min(model.hidden, model.vocab);
  if (!model.latent) narrowest = std::min(narrowest, model.qkv_width());
  const bool all_routed = model.experts && model.experts->routed_layers() == model.layers;
  if (!all_routed) narrowest = std::min(narrowest, model.ffn);
  return model.experts ? std::min(narrowest, model.experts->ffn) : narrowest;
}

}  // namespace

Job make_job(const Transformer& model, const Options& options, const Target& target) {
  Faults faults;
  const std::int64_t shortest = options.phase == Phase::prefill ? 1 : 0;
  check_range(faults, "batch", options.batch, 1, kMaxBatch);
  check_range(faults, "context", options.context, shortest, kMaxContext);
  const LayerRange layers = options.layers.value_or(LayerRange{0, model.layers});
  check_layers(faults, layers, model);
  if (model.sliding_window && options.context > *model.sliding_window) {
    faults.add("context",
               fmt::format("{} is over the sliding window of {} ({})", options.context, model.name,
                           *model.sliding_window),
               "attention within a window is not supported; use a shorter context");
  }
  if (!model.experts && !std::holds_alternative<BalancedChoice>(options.experts))
    faults.add("experts", model.name + " has none to choose from", "leave the option out");
  faults.throw_if_any();
  if (model.experts) {
    const std::int64_t tokens =
        options.batch * (options.phase == Phase::prefill ? options.context : 1);
    check_choice(*model.experts, options.experts, layers.first, layers.last, tokens);
  }
  const auto cores =
      std::min({static_cast<std::int64_t>(target.cores), narrowest_matrix(model), kMaxCores});
  return {model,  options,
          target, settle_formats(options, target),
          layers, static_cast<std::uint32_t>(cores)};
}

}  // namespace npulse::lowering
