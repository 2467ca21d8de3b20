# SPDX-License-Identifier: Apache-2.0
"""Models that the tests of the package run."""

GEMM = "gemm:64,64,64"  # takes milliseconds
LONG = "gemm:8192,8192,2048"  # takes seconds, unless it is interrupted
SMALL_STUDY = f"""
name: small
question: How many channels does a small product want?
search: grid
base:
  chip: edu-8x8
  program: "{GEMM}"
grids:
  - chip.memory.channels: [1, 2]
    program.weights: int8
  - memory: [lpddr5x-8533]
    chip.memory.channels: [2, 4]
  - chip.memory.channels: 2
    program.weights: int8
"""
