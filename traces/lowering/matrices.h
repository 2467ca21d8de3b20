// SPDX-License-Identifier: Apache-2.0
// The weight matrices of a transformer, by name.
#pragma once

#include <vector>

#include "traces/lowering/job.h"

namespace npulse::lowering {

/// [k, n] weights; with two parts, two such matrices that share their input (gate and up).
struct LinearShape {
  const char* region = "";  ///< Name in reports.
  std::int64_t k = 0, n = 0;
  int parts = 1;
  std::int64_t head = 0;    ///< Columns of a head, if a tile is to be one head; else 0.
  std::int64_t copies = 1;  ///< In the layers that are lowered, and of all experts; may be none.

  std::int64_t elements() const { return k * n * parts; }
};

/// Latent attention has q_down to v_up in place of qkv, and layers with experts those of router to
/// shared_down in place of gate_up and down.
enum class Matrix : std::uint8_t {
  qkv,
  out,
  gate_up,
  down,
  head,
  router,
  expert_gate_up,
  expert_down,
  shared_gate_up,
  shared_down,
  q_down,
  kv_down,
  q_nope,
  q_rope,
  k_up,
  v_up
};

/// By Matrix.
std::vector<LinearShape> matrix_shapes(const Job& job);

}  // namespace npulse::lowering
