# SPDX-License-Identifier: Apache-2.0
"""Models that the tests of the package run."""

GEMM = "gemm:64,64,64"  # takes milliseconds
LONG = "gemm:4096,4096,512"  # takes long enough to be interrupted
