// SPDX-License-Identifier: Apache-2.0
// Whether a model has about as many parameters as its name, or its user, says: a wrong dimension in
// a config shows here first.
#pragma once

#include <optional>
#include <string>

#include "sim/core/error.h"
#include "traces/lowering/model.h"

namespace npulse::lowering {

/// 8e9 of `8B`, 5e8 of `500M`. Throws InputError.
double parse_parameters(const std::string& text);

/// What a name promises: 8e9 for `llama-3.1-8b`; nothing for `mixtral-8x7b` or `deepseek-v3`.
std::optional<double> parameters_in_name(const std::string& name);

/// A warning if the parameters differ by over 5 % from those `expected`, or, if none are, by over
/// 25 % from those in the name (names round: Llama-3.2-1B has 1.24 B).
std::optional<Diagnostic> check_promised_size(const Transformer& model,
                                              std::optional<double> expected);

}  // namespace npulse::lowering
