// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/scalesim_cfg.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <filesystem>

#include "sim/core/file_text.h"
#include "traces/importers/ini.h"

namespace npulse::importers {
namespace {

/// What SCALE-Sim knows of a chip; words are bytes, since it knows no types.
struct Config {
  std::string name, file;
  std::int64_t rows = 1, cols = 1;
  std::int64_t ifmap_kib = 1, filter_kib = 1, ofmap_kib = 1;
  std::string dataflow;
  std::int64_t bandwidth = 1;  ///< Words a cycle of each of the three interfaces to memory.
  bool bandwidth_given = false;
};

/// Letters that are safe in a name and in a comment.
std::string plain(std::string text) {
  for (char& c : text) {
    const bool safe = std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
    if (!safe) c = '_';
  }
  return text.empty() ? "scalesim" : text;
}

class Reader {
 public:
  Reader(const std::string& text, const std::string& file, bool strict)
      : file_{file}, strict_{strict}, ini_{text, file, faults_} {}

  Config read(std::vector<Diagnostic>& warnings) {
    const std::filesystem::path path{file_};
    const IniValue* name = ini_.find("general", "run_name");
    if (!name && strict_) ini_.require("general", "run_name", faults_);
    config_.file = plain(path.filename().string());
    config_.name = plain(name ? name->text : path.stem().string());
    config_.rows = size("ArrayHeight", kMaxSide);
    config_.cols = size("ArrayWidth", kMaxSide);
    config_.ifmap_kib = size("IfmapSramSzkB", 1 << 20);
    config_.filter_kib = size("FilterSramSzkB", 1 << 20);
    config_.ofmap_kib = size("OfmapSramSzkB", 1 << 20);
    dataflow();
    bandwidth();
    sparsity(warnings);
    faults_.throw_if_any();
    return config_;
  }

 private:
  static constexpr const char* kArchitecture = "architecture_presets";
  static constexpr std::int64_t kMaxBandwidth = 1 << 14;
  static constexpr std::int64_t kMaxSide = 1 << 12;  ///< One bank can then feed the array.

  std::int64_t number(const IniValue& value, std::string_view text, std::int64_t most) {
    std::int64_t result = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, result);
    if (error == std::errc{} && end == last && result >= 1 && result <= most) return result;
    faults_.add(value.where, fmt::format("{}: '{:.40}' is not a whole number from 1 to {}",
                                         value.key, text, most));
    return 1;
  }

  std::int64_t size(const char* key, std::int64_t most) {
    const IniValue* value = ini_.require(kArchitecture, key, faults_);
    return value ? number(*value, value->text, most) : 1;
  }

  void dataflow() {
    const IniValue* value = ini_.require(kArchitecture, "Dataflow", faults_);
    if (!value) return;
    const std::vector<std::string> allowed{"os", "ws", "is"};
    config_.dataflow = value->text;
    if (std::find(allowed.begin(), allowed.end(), value->text) != allowed.end()) return;
    faults_.add(value->where, fmt::format("Dataflow '{:.40}' is unknown; allowed: {}", value->text,
                                          join(allowed)));
  }

  /// Of several, SCALE-Sim takes the least. With CALC it finds out what would never stall.
  void bandwidth() {
    const IniValue* mode = ini_.find("run_presets", "InterfaceBandwidth");
    if (!mode && strict_) ini_.require("run_presets", "InterfaceBandwidth", faults_);
    if (mode && mode->text != "USER" && mode->text != "CALC") {
      faults_.add(mode->where, fmt::format("InterfaceBandwidth '{:.40}' is unknown; allowed: "
                                           "USER, CALC",
                                           mode->text));
    }
    config_.bandwidth = std::min(std::max(config_.rows, config_.cols), kMaxBandwidth);
    const bool wanted = mode && mode->text == "USER";
    const IniValue* list = wanted ? ini_.require(kArchitecture, "Bandwidth", faults_)
                                  : ini_.find(kArchitecture, "Bandwidth");
    if (!list || (mode && !wanted)) return;
    config_.bandwidth_given = true;
    config_.bandwidth = kMaxBandwidth;
    for (std::size_t at = 0; at <= list->text.size();) {
      const std::size_t end = std::min(list->text.find(',', at), list->text.size());
      std::string one = list->text.substr(at, end - at);
      std::erase(one, ' ');
      config_.bandwidth = std::min(config_.bandwidth, number(*list, one, kMaxBandwidth));
      at = end + 1;
    }
  }

  void sparsity(std::vector<Diagnostic>& warnings) {
    const IniValue* support = ini_.find("sparsity", "SparsitySupport");
    if (!support && strict_) ini_.require("sparsity", "SparsitySupport", faults_);
    if (!support || plain(support->text) == "false" || plain(support->text) == "False") return;
    warnings.push_back({support->where, "SparsitySupport is left out: the chip is dense", {}});
  }

  std::string file_;
  bool strict_;
  Faults faults_;
  IniFile ini_;
  Config config_;
};

constexpr std::int64_t kInterfaces = 3;  // inputs, filters, outputs
constexpr std::int64_t kBankBytes = 16;
constexpr std::int64_t kLeastBankKib = 2, kMostBankKib = 32 << 10;  // as configs/tech has them
constexpr std::int64_t kChannelRate = 48;  // GB/s, of 51.2 that hbm3-6400 has at its peak
constexpr std::int64_t kMaxChannels = 64;

class ChipWriter {
 public:
  explicit ChipWriter(const Config& config) : config_{config} {}

  std::string write() {
    head();
    array();
    memories();
    transfers();
    return std::move(text_);
  }

 private:
  template <class T>
  void line(const char* key, const T& value, const std::string& source) {
    text_ += fmt::format("{}: {}  # {}\n", key, value, source);
  }
  void section(const char* name) { text_ += fmt::format("{}:\n", name); }
  std::string given(const char* key) const {
    return fmt::format("read: {}, {}", config_.file, key);
  }

  void head() {
    text_ += fmt::format("# Made of {} by `npulse import scalesim-cfg`.\n", config_.file);
    line("name", "\"" + config_.name + "\"", given("run_name, or the file's name"));
    line("clock", "1 GHz", "assumed: SCALE-Sim counts cycles only");
    line("cores", 1, given("one array"));
    section("queues");
    for (const char* queue :
         {"{name: ld, kind: dma}", "{name: lx, kind: dma}", "{name: st, kind: dma}"}) {
      text_ += fmt::format(
          "  - {}  # derived: inputs, filters and outputs have an interface each\n", queue);
    }
    text_ +=
        "  - {name: mx, kind: matrix}  # derived: the array\n"
        "  - {name: vec, kind: vector}  # assumed: SCALE-Sim has none\n";
    line("tech", "7nm", "assumed: SCALE-Sim knows no process");
  }

  void array() {
    section("pe");
    line("  kind", "systolic", "derived: what SCALE-Sim simulates");
    section("  systolic");
    line("    rows", config_.rows, given("ArrayHeight"));
    line("    cols", config_.cols, given("ArrayWidth"));
    line("    dataflow", config_.dataflow, given("Dataflow"));
    line("    weight_buffers", 1, "derived: its folds do not overlap");
    section("  rates");
    line("    i8", 1, "assumed: a word is a byte");
    line("  start_cycles", 0, "derived: its totals have no overhead");
    line("  read_bytes_per_cycle", operand_bytes(),
         "derived: a word a cycle for every row and "
         "column, of each operand");
    line("  write_bytes_per_cycle", result_bytes(),
         "derived: a sum of 4 B a cycle for every row "
         "and column");
  }

  void memories() {
    section("spm");
    memory(config_.ifmap_kib + config_.filter_kib, "IfmapSramSzkB + FilterSramSzkB",
           2 * operand_bytes());
    section("acc");
    memory(config_.ofmap_kib, "OfmapSramSzkB", 2 * result_bytes());
  }

  /// As many banks of sizes that energy tables have as give `bytes` a cycle, or wider ones.
  void memory(std::int64_t kib, const char* key, std::int64_t bytes) {
    line("  capacity", fmt::format("{} KiB", kib), given(key));
    const std::int64_t least = (kib + kMostBankKib - 1) / kMostBankKib;
    const std::int64_t most = std::max(kib / kLeastBankKib, least);
    const std::int64_t banks = std::clamp((bytes + kBankBytes - 1) / kBankBytes, least, most);
    line("  banks", banks, "assumed: SCALE-Sim knows none");
    line("  width", fmt::format("{} B", std::max(kBankBytes, (bytes + banks - 1) / banks)),
         "derived: the SRAM is never late");
    line("  ports", 2, "derived: read and write at once");
  }

  void transfers() {
    const std::int64_t total = kInterfaces * config_.bandwidth;
    const auto channels = static_cast<std::int64_t>(
        std::bit_ceil(static_cast<std::uint64_t>((total + kChannelRate - 1) / kChannelRate)));
    section("dma");
    line("  bytes_per_cycle", config_.bandwidth,
         config_.bandwidth_given ? given("Bandwidth") : "assumed: CALC, a word a row or column");
    section("noc");
    line("  core_bytes_per_cycle", total, "derived: three times Bandwidth");
    line("  memory_bytes_per_cycle", total, "derived: three times Bandwidth");
    section("memory");
    line("  part", "hbm3-6400", "assumed: SCALE-Sim's memory is a bandwidth");
    line("  channels", std::min(channels, kMaxChannels),
         "derived: enough for three times Bandwidth");
    section("power");
    line("  static_power", "0 mW", "assumed: SCALE-Sim knows no power");
  }

  std::int64_t operand_bytes() const { return 2 * (config_.rows + config_.cols); }
  std::int64_t result_bytes() const { return 4 * (config_.rows + config_.cols); }

  const Config& config_;
  std::string text_;
};

}  // namespace

Imported import_scalesim_cfg_text(const std::string& text, const std::string& file,
                                  const ImportOptions& options) {
  std::vector<Diagnostic> warnings;
  const Config config = Reader{text, file, options.strict}.read(warnings);
  return {ChipYaml{ChipWriter{config}.write()}, std::move(warnings)};
}

Imported import_scalesim_cfg(const std::string& path, const ImportOptions& options) {
  return import_scalesim_cfg_text(read_whole(path, 1 << 20), path, options);
}

}  // namespace npulse::importers
