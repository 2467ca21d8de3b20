// SPDX-License-Identifier: Apache-2.0
// Arrays as NumPy's .npy files (format versions 1 to 3, numpy.lib.format, read).
#pragma once

#include <filesystem>
#include <string>

#include "isa/functional/array.h"

namespace npulse::isa::functional {

/// All bytes of a regular file. Throws InputError for anything else.
std::string read_file(const std::filesystem::path& path);

/// Row-major arrays of integers of up to 64 bits, of booleans, or of fp16, fp32 or fp64. Throws
/// InputError for any other file.
Array read_npy(const std::filesystem::path& path);

/// Integers as int8, int16 or int32; anything else as float32, which holds it exactly.
void write_npy(const std::filesystem::path& path, const Array& array, DataType type);

}  // namespace npulse::isa::functional
