// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/comparison.h"

#include <fmt/format.h>

#include "sim/core/error.h"
#include "sim/core/stats.h"
#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

using Json = nlohmann::ordered_json;
using Value = ComparedFigure::Value;

/// `share` and `word` are no units; `ns` figures are shown in seconds as all times are.
struct Figure {
  const char* label;
  const char* path;
  const char* unit;
};

constexpr Figure kRun[] = {{"memory", "/memory/part", "word"},
                           {"chip", "/chip", "word"},
                           {"program", "/program/name", "word"},
                           {"latency", "/latency_s", "s"},
                           {"tokens/s", "/program/tokens_per_s", ""},
                           {"bandwidth used", "/memory/bandwidth_bytes_per_s", "B/s"},
                           {"bandwidth, peak", "/memory/peak_bytes_per_s", "B/s"},
                           {"bytes read", "/memory/bytes_read", "B"},
                           {"bytes written", "/memory/bytes_written", "B"},
                           {"energy", "/energy_j/total", "J"},
                           {"energy a token", "/program/energy_per_token_j", "J"},
                           {"average power", "/energy_j/average_watts", "W"},
                           {"bound by", "/bound/by", "word"}};

constexpr Figure kReplay[] = {
    {"memory", "/memory/part", "word"},
    {"trace", "/trace", "word"},
    {"pace", "/pace", "word"},
    {"engine", "/engine", "word"},
    {"mapping", "/mapping", "word"},
    {"latency", "/latency_s", "s"},
    {"requests", "/requests", ""},
    {"bandwidth used", "/memory/bandwidth_bytes_per_s", "B/s"},
    {"bandwidth, peak", "/memory/peak_bytes_per_s", "B/s"},
    {"bytes read", "/memory/bytes_read", "B"},
    {"bytes written", "/memory/bytes_written", "B"},
    {"read latency, mean", "/read_latency_ns/mean", "ns"},
    {"read latency, p50", "/read_latency_ns/p50", "ns"},
    {"read latency, p99", "/read_latency_ns/p99", "ns"},
    {"read latency, max", "/read_latency_ns/max", "ns"},
    {"energy", "/energy_j/total", "J"},
    {"average power", "/energy_j/average_watts", "W"},
    {"time: data", "/time/shares/data", "share"},
    {"time: refresh", "/time/shares/refresh", "share"},
    {"time: turnaround", "/time/shares/turnaround", "share"},
    {"time: activation_window", "/time/shares/activation_window", "share"},
    {"time: row_opening", "/time/shares/row_opening", "share"},
    {"time: bus", "/time/shares/bus", "share"},
    {"time: starvation", "/time/shares/starvation", "share"}};

Value value_at(const Json& report, const Figure& figure) {
  const auto place = Json::json_pointer{figure.path};
  const bool word = figure.unit == std::string_view{"word"};
  if (report.contains(place)) {
    const Json& value = report.at(place);
    if (word && value.is_string()) return value.get<std::string>();
    if (!word && value.is_number()) return value.get<double>();
  }
  throw InputError{figure.path, "is missing in a report", "write both reports with this version"};
}

std::string text_of(const Value& value, const std::string& unit) {
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  const double number = std::get<double>(value);
  if (unit == "share") return percent(number);
  return unit == "ns" ? scaled(number * 1e-9, "s") : scaled(number, unit);
}

double share_of_peak(const Json& report) {
  return ratio(report.at(Json::json_pointer{"/memory/bandwidth_bytes_per_s"}).get<double>(),
               report.at(Json::json_pointer{"/memory/peak_bytes_per_s"}).get<double>());
}

bool is_replay(const Json& report) {
  return report.contains("trace");
}

template <std::size_t N>
Comparison compare_figures(const char* kind, const Figure (&figures)[N], const Json& a,
                           const Json& b) {
  Comparison comparison{kind, {}};
  for (const Figure& f : figures) {
    comparison.figures.push_back({f.label, f.path, f.unit, value_at(a, f), value_at(b, f)});
  }
  comparison.figures.push_back({"share of peak", "", "share", share_of_peak(a), share_of_peak(b)});
  return comparison;
}

}  // namespace

std::optional<double> ComparedFigure::ratio() const {
  const auto* left = std::get_if<double>(&a);
  const auto* right = std::get_if<double>(&b);
  if (!left || !right || *left == 0) return std::nullopt;
  return *right / *left;
}

Comparison compare(const Json& a, const Json& b) {
  if (is_replay(a) != is_replay(b)) {
    throw InputError{"compare", "one report is of `npulse run`, the other of `npulse dram`",
                     "give two of the same kind"};
  }
  return is_replay(a) ? compare_figures("dram", kReplay, a, b) : compare_figures("run", kRun, a, b);
}

std::string to_text(const Comparison& comparison) {
  TextTable table{{"", "A", "B", "B / A"}};
  for (const ComparedFigure& figure : comparison.figures) {
    const auto times = figure.unit == "share" ? std::nullopt : figure.ratio();
    table.row({figure.label, text_of(figure.a, figure.unit), text_of(figure.b, figure.unit),
               times ? fmt::format("{:.3f}", *times) : ""});
  }
  return table.text();
}

nlohmann::ordered_json to_json(const Comparison& comparison) {
  const auto json_of = [](const Value& value) {
    return std::visit([](const auto& v) { return Json(v); }, value);
  };
  Json figures = Json::array();
  for (const ComparedFigure& figure : comparison.figures) {
    Json json{{"figure", figure.label}};
    if (!figure.path.empty()) json["path"] = figure.path;
    json["unit"] = figure.unit == "share" || figure.unit == "word" ? "" : figure.unit;
    json["a"] = json_of(figure.a);
    json["b"] = json_of(figure.b);
    if (const auto times = figure.ratio()) json["ratio"] = *times;
    figures.push_back(std::move(json));
  }
  return {{"kind", comparison.kind}, {"figures", figures}};
}

}  // namespace npulse::arch
