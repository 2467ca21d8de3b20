// SPDX-License-Identifier: Apache-2.0
#include "traces/importers/scalesim_topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "traces/graph/shapes.h"
#include "traces/importers/scalesim_repairs.h"
#include "traces/importers/scalesim_rows.h"

namespace npulse::importers::scalesim {
namespace {

constexpr std::size_t kConvColumns = 8;        // name, ifmap, filter, channels, filters, stride
constexpr std::size_t kGemmColumns = 4;        // name, M, N, K
constexpr std::int64_t kInputLinks = 1000000;  // mNPUsim's BOUNDARY_IFMAP_OFMAP_ARRAY (read)

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (text.empty() || error != std::errc{} || end != last) return std::nullopt;
  return value;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// The rows of layers have numbers behind their name.
bool has_digit(const Row& row) {
  return !row.blank() && std::any_of(row.cells.begin() + 1, row.cells.end(), [](const Cell& cell) {
    return cell.text.find_first_of("0123456789") != std::string_view::npos;
  });
}

enum class Header : std::uint8_t { none, conv, gemm };

/// What the words of a row name.
Header header_of(const Row& row) {
  for (std::size_t i = 1; i < row.cells.size(); ++i) {
    const std::string word = lower(row.cells[i].text);
    if (word.find("ifmap") != word.npos || word.find("filter") != word.npos) return Header::conv;
    if (word == "m" || word == "n" || word == "k") return Header::gemm;
  }
  return Header::none;
}

class Parser {
 public:
  Parser(const std::string& text, const std::string& file, bool strict)
      : file_{file},
        strict_{strict},
        rows_{split_rows(text, !strict)},
        repairs_{file, strict, faults_} {}

  Topology run() {
    if (rows_.byte_order_mark && !strict_) repairs_.add(Repair::byte_order_mark, 1, 1);
    if (rows_.delimiter != ',') repairs_.add(Repair::delimiter, 1, 1);
    const auto first = std::find_if(rows_.rows.begin(), rows_.rows.end(),
                                    [&](const Row& row) { return strict_ || !row.blank(); });
    if (first != rows_.rows.end()) read(first);
    if (topology_.layers.empty() && faults_.empty()) faults_.add(file_, "holds no layer");
    faults_.throw_if_any();
    if (const auto warning = repairs_.warning()) topology_.warnings.push_back(*warning);
    if (dropped_sparsity_) warn("sparsity columns are left out: all layers are dense");
    if (dropped_targets_) warn("Ofmap Base Addr is left out: every layer has an output of its own");
    return std::move(topology_);
  }

 private:
  using Iterator = std::vector<Row>::const_iterator;

  void warn(std::string message) { topology_.warnings.push_back({file_, std::move(message), {}}); }

  std::string place(std::uint32_t line, std::size_t column) const {
    return fmt::format("{}:{}:{}", file_, line, column);
  }
  void fault(const Row& row, std::size_t column, std::string message, std::string hint = {}) {
    faults_.add(place(row.line, column), std::move(message), std::move(hint));
  }
  void fault(const Row& row, const Cell& cell, const std::string& wanted, std::string hint = {}) {
    const std::string found = cell.text.empty() ? "the cell is empty; it must be "
                                                : fmt::format("'{:.40}' is not ", cell.text);
    fault(row, cell.column, found + wanted, std::move(hint));
  }

  void read(Iterator first) {
    gemm_ = is_gemm();
    if (has_digit(*first)) {
      repairs_.add(Repair::no_header, first->line, 1);
    } else {
      ++first;
    }
    for (; first != rows_.rows.cend(); ++first) {
      if (!skipped(*first)) layer(*first);
    }
  }

  /// By the first header, else by the columns of the first layer.
  bool is_gemm() const {
    for (const Row& row : rows_.rows) {
      const Header header = header_of(row);
      if (header != Header::none) return header == Header::gemm;
      if (has_digit(row)) return row.cells.size() < kConvColumns;
    }
    return false;
  }

  /// Rows without a layer: blank ones, titles of sections, further headers.
  bool skipped(const Row& row) {
    if (row.blank()) {
      if (row.closed || row.empty_at_end > 1) repairs_.add(Repair::blank_row, row.line, 1);
      return true;
    }
    const bool title = row.cells.size() == 1 || (!has_digit(row) && header_of(row) != Header::none);
    if (title) repairs_.add(Repair::title_row, row.line, 1);
    return title;
  }

  void layer(const Row& row) {
    if (!row.closed) repairs_.add(Repair::last_comma, row.line, row.end_column);
    if (row.empty_at_end > 0) repairs_.add(Repair::empty_cells, row.line, row.end_column);
    Layer layer;
    layer.name = row.cells[0].text;
    layer.where = place(row.line, row.cells[0].column);
    if (gemm_) {
      gemm(row, layer);
    } else {
      conv(row, layer);
    }
    topology_.layers.push_back(std::move(layer));
  }

  void gemm(const Row& row, Layer& layer) {
    layer.kind = Layer::Kind::gemm;
    size(row, 1, "M", layer.m);
    size(row, 2, "N", layer.n);
    size(row, 3, "K", layer.k);
    std::size_t at = kGemmColumns;
    if (has_sparsity(row, at)) {
      sparsity(row, at++);
    } else if (at < row.cells.size() && row.cells[at].text.empty()) {
      ++at;
    }
    if (at < row.cells.size()) size(row, at++, "a batch size", layer.batch);
    refuse_from(row, at);
  }

  void conv(const Row& row, Layer& layer) {
    const std::size_t before = faults_.size();
    size(row, 1, "the IFMAP height", layer.height);
    size(row, 2, "the IFMAP width", layer.width);
    size(row, 3, "the filter height", layer.kernel_height);
    size(row, 4, "the filter width", layer.kernel_width);
    size(row, 5, "the number of channels", layer.channels);
    size(row, 6, "the number of filters", layer.filters);
    size(row, 7, "the stride", layer.stride);
    if (layer.name.find("DP") != std::string::npos) layer.kind = Layer::Kind::depthwise;
    further_columns(row, layer);
    if (faults_.size() == before) kernel_fits(row, layer);
  }

  void further_columns(const Row& row, Layer& layer) {
    std::size_t at = kConvColumns;
    if (at >= row.cells.size()) return;
    const std::string_view word = row.cells[at].text;
    if (!word.empty() && std::isalpha(static_cast<unsigned char>(word[0]))) {
      return mnpusim(row, layer);
    }
    if (!has_sparsity(row, at)) {
      repairs_.add(Repair::batch_column, row.line, row.cells[at].column);
      size(row, at++, "a batch size, a sparsity N:M or a layer type", layer.batch);
    }
    if (has_sparsity(row, at)) sparsity(row, at++);
    refuse_from(row, at);
  }

  void kernel_fits(const Row& row, const Layer& layer) {
    if (layer.kind == Layer::Kind::gemm || layer.kind == Layer::Kind::gemv) return;
    const auto require = [&](std::size_t i, std::int64_t kernel, std::int64_t image) {
      if (kernel <= image) return;
      fault(row, row.cells[i].column,
            fmt::format("the filter's {} exceeds the IFMAP's {}", kernel, image));
    };
    require(3, layer.kernel_height, layer.height);
    require(4, layer.kernel_width, layer.width);
  }

  /// Type, and where input, filter and output are: -1 follows the layer before, -2 is new, n is the
  /// output of layer n, 1000000 + n its input (its README and network_config.cpp: read).
  void mnpusim(const Row& row, Layer& layer) {
    repairs_.add(Repair::mnpusim_columns, row.line, row.cells[kConvColumns].column);
    type(row, layer);
    const auto input = address(row, kConvColumns + 1, "the IFMAP base address");
    const auto filter = address(row, kConvColumns + 2, "the filter base address");
    const auto output = address(row, kConvColumns + 3, "the OFMAP base address");
    refuse_from(row, kConvColumns + 4);
    const bool gemv = layer.kind == Layer::Kind::gemv;  // its vector stands in the filter's place
    layer.input = link(row, kConvColumns + (gemv ? 2 : 1), gemv ? filter : input);
    dropped_targets_ = dropped_targets_ || output > 0;
  }

  void type(const Row& row, Layer& layer) {
    const Cell& cell = row.cells[kConvColumns];
    const std::string name = lower(cell.text);
    if (name == "gemm" || name == "gemv") {
      layer.kind = name == "gemm" ? Layer::Kind::gemm : Layer::Kind::gemv;
      layer.m = layer.height;
      layer.k = layer.width;
      layer.n = layer.kernel_width;
      if (layer.kernel_height != layer.width) fault(row, row.cells[3], "the IFMAP's width");
    } else if (name == "pool") {
      layer.kind = Layer::Kind::pool;
    } else if (name == "conv" || name == "im2col_conv") {
      layer.kind = Layer::Kind::conv;
    } else {
      const std::vector<std::string> types{"Conv", "Im2col_conv", "Pool", "Gemm", "Gemv"};
      fault(row, cell, "a layer type; allowed: " + join(types),
            did_you_mean(cell.text.substr(0, kLongestWord), types));
    }
  }

  std::int64_t address(const Row& row, std::size_t i, const char* what) {
    std::int64_t value = -1;
    integer(row, i, what, -2, 2 * kInputLinks, value);
    return value;
  }

  Link link(const Row& row, std::size_t i, std::int64_t address) {
    const std::size_t above = topology_.layers.size();
    if (address == -2 || (address == -1 && above == 0)) return {};
    if (address == -1) return {Link::Kind::output_of, above - 1};
    const bool of_input = address > kInputLinks;
    const std::int64_t layer = of_input ? address - kInputLinks : address;
    if (layer >= 1 && layer <= static_cast<std::int64_t>(above)) {
      return {of_input ? Link::Kind::input_of : Link::Kind::output_of,
              static_cast<std::size_t>(layer - 1)};
    }
    fault(row, row.cells[i], fmt::format("one of the {} layers above this row", above));
    return {};
  }

  void size(const Row& row, std::size_t i, const char* what, std::int64_t& out) {
    integer(row, i, what, 1, graph::kMaxAttribute, out);
  }

  void integer(const Row& row, std::size_t i, const char* what, std::int64_t least,
               std::int64_t most, std::int64_t& out) {
    if (i >= row.cells.size()) {
      return fault(row, row.end_column, fmt::format("the row ends; {} is missing", what));
    }
    const auto value = number(row.cells[i].text);
    if (!value || *value < least || *value > most) {
      return fault(row, row.cells[i],
                   fmt::format("{}, a whole number from {} to {}", what, least, most));
    }
    out = *value;
  }

  static bool has_sparsity(const Row& row, std::size_t i) {
    return i < row.cells.size() && row.cells[i].text.find(':') != std::string_view::npos;
  }

  void sparsity(const Row& row, std::size_t i) {
    const std::string_view text = row.cells[i].text;
    const std::size_t colon = text.find(':');
    const auto n = number(text.substr(0, colon)), m = number(text.substr(colon + 1));
    if (!n || !m || *n < 1 || *n > *m) {
      return fault(row, row.cells[i], "a sparsity N:M with N from 1 to M");
    }
    dropped_sparsity_ = dropped_sparsity_ || *n != *m;
  }

  void refuse_from(const Row& row, std::size_t i) {
    for (; i < row.cells.size(); ++i) fault(row, row.cells[i], "a column of this format");
  }

  static constexpr std::size_t kLongestWord = 40;

  const std::string& file_;
  bool strict_;
  Rows rows_;
  Faults faults_;
  Repairs repairs_;
  Topology topology_;
  bool gemm_ = false, dropped_sparsity_ = false, dropped_targets_ = false;
};

}  // namespace

Topology parse_topology(const std::string& text, const std::string& file, bool strict) {
  return Parser{text, file, strict}.run();
}

}  // namespace npulse::importers::scalesim
