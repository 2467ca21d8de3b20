// SPDX-License-Identifier: Apache-2.0
#include "traces/lowering/prefill_attention.h"

#include <cmath>

#include "traces/lowering/prefill_blocks.h"
#include "traces/lowering/unfused_attention.h"

namespace npulse::lowering {
namespace {

FlashWork work_of(const PrefillPlan& plan, std::int64_t layer) {
  const double scale = 1 / std::sqrt(static_cast<double>(plan.job.model.head_dim));
  FlashWork work{plan.attention()};
  work.tiling = plan.flash;
  work.rings = plan.flash_rings;
  work.scale = plan.online() ? 1 : scale;
  work.stored = plan.stored;
  work.queries = [&plan](const FlashItem& item, Address to) {
    return queries_transfers(plan, item, to);
  };
  work.results = [&plan](const FlashItem& item, Address from) {
    return results_transfer(plan, item, from);
  };
  work.keys = [&plan, layer](const FlashItem& item, Range tokens, Address to) {
    return keys_transfers(plan, layer, item, tokens, to);
  };
  work.values = [&plan, layer](const FlashItem& item, Range tokens, Address to) {
    return values_transfer(plan, layer, item, tokens, to);
  };
  return work;
}

}  // namespace

void run_prefill_attention(const PrefillPlan& plan, Emitter& emitter, std::int64_t layer) {
  if (plan.unfused) return run_unfused_attention(plan, emitter, layer);
  run_flash_attention(work_of(plan, layer), emitter);
  emitter.end_round(plan.stored);
}

}  // namespace npulse::lowering
