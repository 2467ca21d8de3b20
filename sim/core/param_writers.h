// SPDX-License-Identifier: Apache-2.0
// What is written from a parameter struct's description: effective configuration, schema,
// reference.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "sim/core/param_tree.h"

namespace npulse {

/// The values as YAML with doc, unit, range and source as comments; reads back to the same values
/// and provenance.
std::string to_yaml(const ParamNode& root, std::span<const Provenance> provenance);

/// The values alone, in base units; null for an optional without value.
nlohmann::ordered_json to_json(const ParamNode& root);

/// JSON Schema (2020-12) of the YAML files that the reader accepts.
nlohmann::ordered_json json_schema(const ParamNode& root, const std::string& title);

/// A section with one table row a parameter, for docs/parameters.md.
std::string to_markdown(const ParamNode& root, const std::string& title);

/// `true or false`, `one of os, ws`, `between 1 and 64`; empty when anything goes.
std::string allowed_text(const ParamNode& node);

}  // namespace npulse
