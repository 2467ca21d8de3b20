// SPDX-License-Identifier: Apache-2.0
#include "tests/support/array_model.h"

#include "tests/support/output_array.h"
#include "tests/support/stationary_array.h"

namespace npulse::test {
namespace {

/// c^T = b^T x a^T: the same array with the operands exchanged.
Product mirrored(const Product& product) {
  return {transposed(product.b), transposed(product.a)};
}

std::vector<ProductRun> run_inputs_stationary(const arch::SystolicParams& params,
                                              const std::vector<Product>& products) {
  std::vector<Product> mirrors;
  for (const Product& product : products) mirrors.push_back(mirrored(product));
  auto runs = run_stationary_array(params, mirrors);
  for (ProductRun& run : runs) {
    run.c = transposed(run.c);
    std::swap(run.traffic.a_reads, run.traffic.b_reads);
  }
  return runs;
}

}  // namespace

std::vector<ProductRun> run_array(const arch::SystolicParams& params,
                                  const std::vector<Product>& products) {
  switch (params.dataflow) {
    case arch::Dataflow::ws:
      return run_stationary_array(params, products);
    case arch::Dataflow::os:
      return run_output_array(params, products);
    case arch::Dataflow::is:
      return run_inputs_stationary(params, products);
  }
  throw InternalError{"internal error: unknown dataflow"};
}

}  // namespace npulse::test
