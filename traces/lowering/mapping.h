// SPDX-License-Identifier: Apache-2.0
// A user's own choices of tiles, loop orders and splits, by layer: what docs/mapping.md describes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/enum_names.h"
#include "sim/core/error.h"

namespace npulse::lowering {

/// Of products c[m, n] += a[m, k] x b[k, n]; of convolutions p x q pixels of k channels out, from c
/// channels in under a kernel of r x s. `batch`: images, or products of a batched one.
enum class Loop : std::uint8_t { batch, m, n, p, q, k, c, r, s };
std::span<const EnumName<Loop>> enum_names(Loop);

/// What else of a layer may be set; yes and no are 1 and 0.
enum class Knob : std::uint8_t {
  panel,          ///< Blocks of rows that stay together while weights stream past.
  keep_operands,  ///< What a slot holds already is not fetched again.
  keep_output,    ///< It stays in the scratchpad for the next layer, where it can.
  pack_weights,   ///< Weights are stored tile by tile.
  gather          ///< Pixels that a kernel of 1 x 1 skips are not fetched.
};
std::span<const EnumName<Knob>> enum_names(Knob);

/// A number, and where it was given (`file:line:col: path = text`).
struct Given {
  std::int64_t value = 0;
  std::string where;
};

/// What is absent is left to lowering.
struct LayerMapping {
  std::string name;   ///< Of a layer, or a pattern of names: * and ?.
  std::string where;  ///< The entry in the file.
  std::map<Loop, Given> tile, split;
  std::vector<Loop> order;  ///< Of the loops over tiles, outermost first.
  std::string order_where;
  std::map<Knob, Given> knobs;
};

struct Mapping {
  std::string source;                ///< File name, or empty.
  std::vector<LayerMapping> layers;  ///< In the order of the file.
  std::optional<LayerMapping> rest;  ///< `default`: layers that no entry names.
  Faults faults;                     ///< Of the text; they wait for those that the layers show.

  /// By name; failing that, the first pattern that fits; failing that, the default.
  const LayerMapping* find(const std::string& layer) const;
};

/// True when `text` is what `pattern` means: * is any text, ? one character.
bool fits_pattern(std::string_view pattern, std::string_view text);

/// Throws InputError when there is no such file, or it is no YAML.
Mapping load_mapping(const std::filesystem::path& path);
Mapping parse_mapping(std::string_view text, std::string name);

/// The first line of a file of choices.
std::string mapping_title(const std::string& model, const std::string& chip);

/// As a file that load_mapping() reads. `title` is its first line.
std::string to_yaml(const Mapping& mapping, const std::string& title);

}  // namespace npulse::lowering
