// SPDX-License-Identifier: Apache-2.0
// What a model is, as YAML to read: its sizes, and the keys that they follow from with their
// sources.
#pragma once

#include <string>

#include "traces/lowering/hf_config.h"

namespace npulse::lowering {

std::string to_yaml(const HfConfig& config);

}  // namespace npulse::lowering
