# SPDX-License-Identifier: Apache-2.0
"""Models that the tests of the package run."""

GEMM = "gemm:64,64,64"  # takes milliseconds
LONG = "gemm:8192,8192,2048"  # takes seconds, unless it is interrupted
