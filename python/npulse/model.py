# SPDX-License-Identifier: Apache-2.0
"""Language models: what their configs say, and what follows from them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from . import _core


@dataclass(frozen=True)
class Model:
    """A language model. Goes wherever a model's name does: `npulse.run("rngd", model)`."""

    name: str
    path: Path
    """Its Hugging Face `config.json`."""
    config: Mapping[str, Any]
    """What stands there."""
    parameters: int
    active_parameters: int
    """Of one token: of a mixture of experts, those it visits."""
    parameters_read: int
    """For one token: of the embeddings one row, unless they are the head as well."""
    kv_elements_per_token: int
    """Elements that one token adds to the KV cache, over all layers."""

    def __fspath__(self) -> str:
        return str(self.path)


def load_model(name_or_path: str | PathLike[str]) -> Model:
    """A shipped model by name (`llama-3.1-8b`), or one by the path of its `config.json`.

    Raises InputError for an unknown name, or with every fault of the file.

    >>> load_model("llama-3.1-8b").parameters
    8030261248
    """
    text = fspath(name_or_path)
    name, *facts = _core.model_facts(text)
    shipped = Path(os.environ["NPULSE_CONFIGS"], "models", f"{text}.json")
    path = shipped if shipped.is_file() else Path(text)
    return Model(name, path, json.loads(path.read_text(encoding="utf-8")), *facts)
