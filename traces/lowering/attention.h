// SPDX-License-Identifier: Apache-2.0
// Attention of a block of query rows over chunks of keys and values, with online softmax when there
// is more than one chunk. Products of the next step overlap the softmax of the current one.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "traces/lowering/emitter.h"
#include "traces/lowering/formats.h"

namespace npulse::lowering {

/// What a mask does to scores: it is added to them, or 1 where they stay and 0 where they vanish.
enum class MaskKind : std::uint8_t { added, kept };

/// What reports call the parts.
struct AttentionRegions {
  std::string_view scores = "attn.scores", softmax = "attn.softmax", values = "attn.values",
                   store = "attn.store";
};

struct AttentionSetup {
  std::int64_t head_dim = 0;     ///< Of q and k.
  std::int64_t value_dim = 0;    ///< Of v and the output.
  double scale = 1;              ///< Of scores, by softmax or exp; 1 where q is scaled beforehand.
  bool online = false;           ///< Some step is not the only one of its rows.
  Ring scores;                   ///< acc: [rows, chunk].
  Ring probabilities;            ///< spm: [rows, chunk].
  std::int64_t rope_dim = 0;     ///< Further dimensions of q and k, which lie apart.
  std::optional<MaskKind> mask;  ///< All steps have one, in activations.
  AttentionRegions regions;
};

/// Query rows of one head: where their output gathers.
struct AttentionHead {
  Slot output;        ///< acc: [rows, value_dim].
  Address state = 0;  ///< spm: kStateColumns columns of `rows` running values.
  static constexpr std::int64_t kStateColumns = 4;
};

/// One chunk of keys and values against the query rows of one head.
struct AttentionStep {
  AttentionHead head;
  Address q = 0, k = 0, v = 0;
  Address q_rope = 0, k_rope = 0;  ///< If setup.rope_dim is not 0.
  std::int64_t rows = 0, columns = 0;
  bool first = true, last = true;      ///< Of the head's steps.
  std::optional<std::int64_t> causal;  ///< Row r sees columns <= r + causal; absent: all.
  Address mask = 0;                    ///< spm: [rows, columns], changed in place; if setup.mask.
  Events mask_ready, mask_done;
  Events q_ready, k_ready, v_ready;
  Events q_done, k_done, v_done;  ///< Signalled when this step is through with them.
  Address out = 0;                ///< spm: [rows, value_dim] activations, written by the last.
  Events out_free, out_done;
};

class Attention {
 public:
  Attention(Emitter& emitter, const Formats& formats, const AttentionSetup& setup)
      : emitter_{emitter}, formats_{formats}, setup_{setup} {}

  void step(const AttentionStep& step);
  /// Finishes what the last step left in flight.
  void drain();

 private:
  struct InFlight {
    AttentionStep step;
    Slot probabilities;
  };
  void multiply_scores(const AttentionStep& step, const Slot& scores);
  isa::Mm score_product(const AttentionStep& step, const Slot& scores) const;
  void mask(const AttentionStep& step, const Slot& scores);
  void softmax(const AttentionStep& step, const Slot& scores, const Slot& p);
  void online_softmax(const AttentionStep& step, const Slot& scores, const Slot& p);
  void track_maximum(const AttentionStep& step, const Slot& scores);
  void multiply_values(const InFlight& flight);
  void finish(const AttentionStep& step);
  isa::Operand state(const AttentionStep& step, std::int64_t column) const;
  /// Masks are added to scaled scores.
  double scale_left() const { return setup_.mask ? 1 : setup_.scale; }

  Emitter& emitter_;
  const Formats& formats_;
  AttentionSetup setup_;
  std::optional<InFlight> in_flight_;
};

}  // namespace npulse::lowering
