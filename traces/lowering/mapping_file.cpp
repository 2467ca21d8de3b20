// SPDX-License-Identifier: Apache-2.0
// The file form of mappings, read and written.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/core/config_file.h"
#include "sim/core/scalar_types.h"
#include "traces/lowering/mapping.h"

namespace npulse::lowering {
namespace {

using Kind = ConfigNode::Kind;

constexpr double kMostExtent = 1e12;

bool is_switch(Knob knob) {
  return knob != Knob::panel;
}

class Reader {
 public:
  explicit Reader(Faults& faults) : faults_{faults} {}

  LayerMapping layer(const ConfigNode& node, const std::string& path) {
    LayerMapping entry;
    entry.name = node.key;
    entry.where = node.key_origin + ": " + path;
    if (!is_map(node, path)) return entry;
    for (const ConfigNode& child : node.children) key(child, join_path(path, child.key), entry);
    return entry;
  }

  bool is_map(const ConfigNode& node, const std::string& path) {
    if (node.kind == Kind::map) return true;
    faults_.add(node.origin + ": " + path, "must be a group of `key: value` lines");
    return false;
  }

  void unknown(const ConfigNode& node, const std::string& path, std::vector<std::string> known) {
    faults_.add(node.key_origin + ": " + path, "unknown key; allowed: " + join(known),
                did_you_mean(node.key, known));
  }

 private:
  void key(const ConfigNode& node, const std::string& path, LayerMapping& entry) {
    if (node.key == "tile") return sizes(node, path, entry.tile);
    if (node.key == "split") return sizes(node, path, entry.split);
    if (node.key == "order") return order(node, path, entry);
    const auto knob = parse_enum<Knob>(node.key);
    if (knob) return setting(node, path, *knob, entry);
    std::vector<std::string> known{"tile", "split", "order"};
    for (auto& name : all_names<Knob>()) known.push_back(std::move(name));
    unknown(node, path, std::move(known));
  }

  void sizes(const ConfigNode& node, const std::string& path, std::map<Loop, Given>& out) {
    if (!is_map(node, path)) return;
    for (const ConfigNode& child : node.children) {
      const std::string child_path = join_path(path, child.key);
      const auto loop = parse_enum<Loop>(child.key);
      if (!loop) {
        unknown(child, child_path, all_names<Loop>());
      } else if (const auto value = number(child, child_path)) {
        out[*loop] = *value;
      }
    }
  }

  void order(const ConfigNode& node, const std::string& path, LayerMapping& entry) {
    entry.order_where = node.origin + ": " + path;
    if (node.kind != Kind::list) {
      faults_.add(entry.order_where, "must be a list of loops, outermost first: [m, n, k]");
      return;
    }
    for (const ConfigNode& child : node.children) {
      Loop loop{};
      if (scalar(child, path, loop, {})) entry.order.push_back(loop);
    }
  }

  void setting(const ConfigNode& node, const std::string& path, Knob knob, LayerMapping& entry) {
    bool yes = false;
    if (!is_switch(knob)) {
      if (const auto value = number(node, path)) entry.knobs[knob] = *value;
    } else if (scalar(node, path, yes, {})) {
      entry.knobs[knob] = {yes ? 1 : 0, place(node, path)};
    }
  }

  std::optional<Given> number(const ConfigNode& node, const std::string& path) {
    Given given{0, place(node, path)};
    if (!scalar(node, path, given.value, between(1, kMostExtent))) return std::nullopt;
    return given;
  }

  template <ScalarType T>
  bool scalar(const ConfigNode& node, const std::string& path, T& out, Limits limits) {
    Diagnostic fault{{}, "must be one value", {}};
    if (node.kind == Kind::scalar) fault = parse_scalar(node.text, out, limits);
    if (fault.message.empty()) return true;
    faults_.add(place(node, path), fault.message, fault.hint);
    return false;
  }

  static std::string place(const ConfigNode& node, const std::string& path) {
    const bool scalar = node.kind == Kind::scalar;
    return node.origin + ": " + path + (scalar ? " = " + node.text : "");
  }

  Faults& faults_;
};

Mapping read(const ConfigFile& file) {
  if (!file.readable()) file.faults().throw_if_any();
  Mapping mapping;
  mapping.source = file.name();
  mapping.faults = file.faults();
  Reader reader{mapping.faults};
  if (file.root().kind == Kind::null) return mapping;
  if (!reader.is_map(file.root(), file.name())) return mapping;
  for (const ConfigNode& node : file.root().children) {
    if (node.key == "default") {
      mapping.rest = reader.layer(node, node.key);
    } else if (node.key != "layers") {
      reader.unknown(node, node.key, {"layers", "default"});
    } else if (node.kind != Kind::null && reader.is_map(node, node.key)) {
      for (const ConfigNode& child : node.children)
        mapping.layers.push_back(reader.layer(child, join_path(node.key, child.key)));
    }
  }
  return mapping;
}

/// As it is where that is a plain name in YAML, quoted elsewhere.
std::string key_text(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/';
  };
  const bool starts_plain = !name.empty() && name[0] != '.' && !(name[0] >= '0' && name[0] <= '9');
  if (starts_plain && std::all_of(name.begin(), name.end(), plain)) return name;
  return nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_sizes(std::string& text, const char* key, const std::map<Loop, Given>& sizes) {
  if (sizes.empty()) return;
  std::vector<std::string> items;
  for (const auto& [loop, given] : sizes)
    items.push_back(fmt::format("{}: {}", to_string(loop), given.value));
  text += fmt::format("    {}: {{{}}}\n", key, join(items));
}

void append_layer(std::string& text, const LayerMapping& layer) {
  text += fmt::format("  {}:\n", key_text(layer.name));
  append_sizes(text, "tile", layer.tile);
  if (!layer.order.empty()) {
    std::vector<std::string> loops;
    for (const Loop loop : layer.order) loops.emplace_back(to_string(loop));
    text += fmt::format("    order: [{}]\n", join(loops));
  }
  append_sizes(text, "split", layer.split);
  for (const auto& [knob, given] : layer.knobs) {
    const std::string value =
        is_switch(knob) ? scalar_text(given.value != 0) : scalar_text(given.value);
    text += fmt::format("    {}: {}\n", to_string(knob), value);
  }
}

}  // namespace

Mapping load_mapping(const std::filesystem::path& path) {
  return read(ConfigFile::load(path));
}

Mapping parse_mapping(std::string_view text, std::string name) {
  return read(ConfigFile::parse(text, std::move(name)));
}

std::string mapping_title(const std::string& model, const std::string& chip) {
  std::string title = fmt::format("Tiles of {} on {} (docs/mapping.md).", model, chip);
  std::replace_if(
      title.begin(), title.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return title;
}

std::string to_yaml(const Mapping& mapping, const std::string& title) {
  std::string text = fmt::format("# {}\nlayers:\n", title);
  for (const LayerMapping& layer : mapping.layers) append_layer(text, layer);
  return text;
}

}  // namespace npulse::lowering
