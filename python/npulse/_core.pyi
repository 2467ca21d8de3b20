# SPDX-License-Identifier: Apache-2.0
# What python/bindings puts into the extension module; chip.py and program.py say what it means.
from collections.abc import Callable, Mapping

from numpy import float64
from numpy.typing import NDArray

__version__: str

class Chip:
    @property
    def name(self) -> str: ...
    @property
    def cores(self) -> int: ...
    @property
    def clock_hertz(self) -> int: ...
    @property
    def memory(self) -> str: ...
    @property
    def memory_channels(self) -> int: ...
    @property
    def peak_memory_bytes_per_s(self) -> float: ...
    def parameters_json(self) -> str: ...
    def to_yaml(self) -> str: ...

class Program:
    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def cores(self) -> int: ...
    @property
    def queues(self) -> list[str]: ...
    @property
    def meta(self) -> dict[str, str]: ...
    @property
    def tensors(self) -> dict[str, tuple[str, str, str, list[int]]]: ...
    def save(self, path: str) -> None: ...

def load_chip(name: str, memory: str | None, sets: list[str]) -> Chip: ...
def read_yaml(path: str) -> str: ...
def names_model(text: str) -> bool: ...
def names_graph(path: str) -> bool: ...
def model_facts(name: str) -> tuple[str, int, int, int, int]: ...
def open_program(path: str) -> Program: ...
def lower(
    model: str,
    chip: Chip,
    phase: str | None,
    batch: int | None,
    context: int | None,
    weights: str | None,
    activations: str | None,
    kv: str | None,
    layers: tuple[int, int] | None,
    experts: str | None,
    attention: str | None,
    maps: tuple[str | None, str | None, int | None, str | None],
) -> Program: ...
def lower_graph(
    path: str,
    chip: Chip,
    weights: str | None,
    activations: str | None,
    attention: str | None,
    dims: Mapping[str, int] | None,
    maps: tuple[str | None, str | None, int | None, str | None],
) -> tuple[Program, list[str]]: ...
def execute(
    chip: Chip,
    program: Program,
    inputs: Mapping[str, NDArray[float64]],
    seed: int,
    orders: str,
    memory_limit: int,
) -> tuple[dict[str, tuple[str, NDArray[float64]]], int, int, list[tuple[str, str]], list[str]]: ...
def run(
    chip: Chip,
    program: Program,
    timeline: str | None,
    vcd: str | None,
    max_ms: float | None,
    check: bool,
    progress: Callable[[float, float], None] | None,
) -> tuple[str, str]: ...
def dram(
    part: str,
    trace: str,
    channels: int | None,
    mapping: str | None,
    engine: str | None,
    sets: list[str],
    trace_format: str | None,
    timed: bool,
    clock_mhz: float | None,
    size: int | None,
    requests: int | None,
    commands: str | None,
    progress: Callable[[float], None] | None,
) -> tuple[str, str]: ...
