// SPDX-License-Identifier: Apache-2.0
// Texts of files: whether they are UTF-8, as JSON must be, and where in them something stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace npulse::graph {

/// Where `text` stops being UTF-8: the first byte of the first malformed character.
std::optional<std::size_t> first_malformed(std::string_view text);

/// `file:line:col` of the byte `at` of the file's text.
std::string place_in(std::string_view text, std::size_t at, const std::string& file);

}  // namespace npulse::graph
