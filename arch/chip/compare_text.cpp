// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "arch/chip/report_text.h"
#include "sim/core/error.h"
#include "sim/core/text_table.h"

namespace npulse::arch {
namespace {

using Json = nlohmann::ordered_json;

struct Figure {
  const char* label;
  const char* pointer;
  const char* unit;
};

constexpr Figure kFigures[] = {
    {"latency", "/latency_s", "s"},
    {"tokens/s", "/program/tokens_per_s", ""},
    {"bandwidth used", "/memory/bandwidth_bytes_per_s", "B/s"},
    {"bandwidth, peak", "/memory/peak_bytes_per_s", "B/s"},
    {"bytes read", "/memory/bytes_read", "B"},
    {"bytes written", "/memory/bytes_written", "B"},
    {"energy", "/energy_j/total", "J"},
    {"energy a token", "/program/energy_per_token_j", "J"},
    {"average power", "/energy_j/average_watts", "W"}};

double number(const Json& report, const std::string& pointer) {
  const auto place = Json::json_pointer{pointer};
  if (report.contains(place) && report.at(place).is_number()) return report.at(place).get<double>();
  throw InputError{pointer, "is missing in a report", "write both reports with this version"};
}

std::string text(const Json& report, const std::string& pointer) {
  const auto place = Json::json_pointer{pointer};
  if (report.contains(place) && report.at(place).is_string()) return report.at(place).get<std::string>();
  throw InputError{pointer, "is missing in a report", "write both reports with this version"};
}

std::string used(const Json& report) {
  return percent(ratio(number(report, "/memory/bandwidth_bytes_per_s"),
                       number(report, "/memory/peak_bytes_per_s")));
}

}  // namespace

std::string compare_text(const Json& a, const Json& b) {
  TextTable table{{"", text(a, "/memory/part"), text(b, "/memory/part"), "ratio"}};
  table.row({"chip", text(a, "/chip"), text(b, "/chip"), ""});
  table.row({"program", text(a, "/program/name"), text(b, "/program/name"), ""});
  for (const Figure& figure : kFigures) {
    const double left = number(a, figure.pointer), right = number(b, figure.pointer);
    table.row({figure.label, scaled(left, figure.unit), scaled(right, figure.unit),
               left == 0 ? "" : fmt::format("{:.3f}", right / left)});
  }
  table.row({"share of peak", used(a), used(b), ""});
  table.row({"bound by", text(a, "/bound/by"), text(b, "/bound/by"), ""});
  return table.text();
}

}  // namespace npulse::arch
