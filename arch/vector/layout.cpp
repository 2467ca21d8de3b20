// SPDX-License-Identifier: Apache-2.0
#include "arch/vector/layout.h"

#include <algorithm>

namespace npulse::arch {

void scatter_writes(const isa::Xform& xform, AccessStream& dst) {
  if (xform.kind != isa::XformKind::transpose) return;
  const int rank = xform.shape.size();
  isa::Extents out_shape, stride_of_source(xform.shape);
  for (const auto from : xform.perm) out_shape.push_back(xform.shape[static_cast<int>(from)]);
  const isa::Extents out_strides = isa::dense_strides(out_shape);
  for (int i = 0; i < rank; ++i) stride_of_source[static_cast<int>(xform.perm[i])] = out_strides[i];

  // Innermost source dimensions that stay in place are one run; the next one out strides.
  std::int64_t run = 1;
  int next = rank - 1;
  while (next >= 0 && xform.perm[next] == next) run *= xform.shape[next--];
  if (next < 0) return;
  dst.run_bytes = isa::bytes_of(run, xform.type).count();
  dst.stride_bytes = isa::bytes_of(stride_of_source[next], xform.type).count();
}

}  // namespace npulse::arch
