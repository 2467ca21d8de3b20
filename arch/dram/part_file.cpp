// SPDX-License-Identifier: Apache-2.0
#include "arch/dram/part_file.h"

#include "sim/core/config.h"

namespace npulse::dram {
namespace {

constexpr const char* kVariants = "variants";

std::vector<std::string> variants_of(const ConfigFile& file) {
  std::vector<std::string> names;
  if (const ConfigNode* variants = file.root().find(kVariants)) {
    for (const ConfigNode& variant : variants->children) names.push_back(variant.key);
  }
  return names;
}

void choose_variant(ConfigFile& file, const std::string& name) {
  const ConfigNode* variants = file.root().find(kVariants);
  const ConfigNode* found = variants ? variants->find(name) : nullptr;
  if (!found) {
    const auto names = variants_of(file);
    throw InputError{file.name(),
                     "has no variant '" + name + "'" +
                         (names.empty() ? "; it has none" : "; allowed: " + join(names)),
                     did_you_mean(name, names)};
  }
  const ConfigNode variant = *found;  // the tree is about to change
  for (const ConfigNode& value : variant.children) file.put(value.key, value);
  if (const ConfigNode* part_name = file.root().find("name")) {
    ConfigNode full = *part_name;
    full.text += "@" + name;
    file.put("name", full);
  }
}

}  // namespace

ConfigFile part_config(const Catalogue& catalogue, std::string_view part) {
  const auto directory = part.rfind('/');
  auto at = part.find('@', directory == std::string_view::npos ? 0 : directory);
  ConfigFile file = ConfigFile::load(catalogue.find("parts", part.substr(0, at)));
  while (at != std::string_view::npos) {
    const auto next = part.find('@', at + 1);
    choose_variant(file, std::string{part.substr(at + 1, next - at - 1)});
    at = next;
  }
  return file;
}

PartParams load_part(const Catalogue& catalogue, std::string_view part) {
  return read<PartParams>(part_config(catalogue, part));
}

std::vector<std::string> part_variants(const Catalogue& catalogue, const std::string& part) {
  return variants_of(part_config(catalogue, part));
}

std::vector<std::string> part_names(const Catalogue& catalogue, const std::string& part) {
  std::vector<std::string> names{part};
  for (const auto& variant : part_variants(catalogue, part)) {
    names.push_back(part + "@" + variant);
  }
  return names;
}

}  // namespace npulse::dram
