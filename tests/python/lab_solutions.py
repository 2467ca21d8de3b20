# SPDX-License-Identifier: Apache-2.0
"""Answers to the labs as a student would find them: by hand, from parameters and data sheets."""

from __future__ import annotations

from typing import Any

SIZE = 4  # of the array
KIB = 1024

# A fold is in a ws array from the R cycles of its load on: R + T-1 + R-1 + C-1 (docs/array.md).
ONE_FOLD = SIZE + (SIZE - 1) + (SIZE - 1) + (SIZE - 1)

BURST, ROW, BANKS = 32, 2 * KIB, 16
T_RFC, T_REFI, T_RC, T_FAW = 280, 3906, 60, 20  # ns
BYTES_PER_NS = 12.8
AWAKE = 1 - T_RFC / T_REFI

LAYERS = 4
WEIGHTS = LAYERS * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)
CACHE = LAYERS * 2048 * 2 * 1024
FP8 = WEIGHTS + CACHE
INT4 = WEIGHTS * (64 + 2) / 128 + 2 * CACHE
HBM, LPDDR = 819.2e9, 546.1e9
REACHED = 0.89

SOLUTIONS: dict[str, dict[str, Any]] = {
    "systolic": {
        "first_cycle": SIZE + 2 + 1,
        "busy_elements": 4 + 3 + 2 + 1,
        "last_cycle": ONE_FOLD,
        "share_4": SIZE**3 / (SIZE**2 * ONE_FOLD),
        "last_cycle_64": ONE_FOLD + 60,
        "rows_for_90": 81,  # m / (m + 9) >= 0.9
        "two_folds": ONE_FOLD + SIZE,
        "one_buffer": 2 * (ONE_FOLD + 1) - 1,
        "output_stays": 3 + 3 + 3,
    },
    "tiling": {
        "compulsory_bytes": 2 * 256 * 256,
        "bytes_64": 4 * 4 * (64 + 64) * 256,
        "bytes_16": 16 * 16 * (16 + 16) * 256,
        "bytes_64_kept": 256 * 256 + 4 * 256 * 256,
        "wide_or_tall": "tall",
        "best_tile": {"m": 256, "n": 16},
    },
    "dram": {
        "hits_sequential": 1 - BURST / ROW,
        "share_sequential": AWAKE,
        "conflict_stride": ROW * BANKS,
        "share_conflict": BURST / T_RC / BYTES_PER_NS * AWAKE,
        "share_random": 4 * BURST / T_FAW / BYTES_PER_NS * AWAKE,
        "loss_random": "activation_window",
        "loss_conflict": "row_opening",
    },
    "roofline": {
        "ridge": 64 / 12.8,
        "intensity_1": 65536 / (65536 + 256 + 2 * 256),
        "intensity_32": 32 * 65536 / (65536 + 32 * (256 + 2 * 256)),
        "roof_1": "memory",
        "roof_32": "matrix",
        "attainable_1": 65536 / (65536 + 256 + 2 * 256) * 12.8,
        "best_change": "pe.systolic.cols",
    },
    "memories": {
        "bytes_fp8": FP8,
        "tokens_hbm": REACHED * HBM / FP8,
        "tokens_lpddr": REACHED * LPDDR / FP8,
        "bytes_int4": INT4,
        "speedup_lpddr": FP8 / INT4,
        "bound_hbm_int4": "decompressor",
        "speedup_hbm": (FP8 / HBM / REACHED) / (2 * WEIGHTS / (8 * 256e9) / 0.9),
        "less_energy": "hbm3-6400",
    },
}
