// SPDX-License-Identifier: Apache-2.0
// The table of importers: a new one is its own file and one entry here.
#include <algorithm>

#include "traces/importers/chakra.h"
#include "traces/importers/ethosu.h"
#include "traces/importers/importer.h"
#include "traces/importers/onnx.h"
#include "traces/importers/scalesim.h"
#include "traces/importers/scalesim_cfg.h"
#include "traces/importers/timeloop.h"

namespace npulse::importers {

std::span<const Importer> all_importers() {
  static const std::vector<Importer> kImporters{
      {"chakra",
       {".et"},
       "MLCommons Chakra traces as a program, or a folder with one a rank.",
       import_chakra},
      {"ethosu",
       {".bin", ".tflite"},
       "Command streams of Arm Ethos-U55 and U65, as Vela writes them.",
       import_ethosu},
      {"onnx", {".onnx"}, "ONNX models, by shape: weights are not read.", import_onnx},
      {"scalesim",
       {".csv"},
       "SCALE-Sim's topology files, convolutions or GEMMs, and mNPUsim's.",
       import_scalesim},
      {"scalesim-cfg", {".cfg"}, "SCALE-Sim's configuration as a chip.", import_scalesim_cfg},
      {"timeloop",
       {".yaml"},
       "Timeloop's problem files, one layer each, or a folder of them.",
       import_timeloop},
  };
  return kImporters;
}

const Importer& importer_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Importer& importer : all_importers()) {
    if (importer.name == name) return importer;
    names.emplace_back(importer.name);
  }
  throw InputError{"command line", "unknown format '" + name + "'; allowed: " + join(names),
                   did_you_mean(name, names)};
}

}  // namespace npulse::importers
