# SPDX-License-Identifier: Apache-2.0
"""The documents as a site: built without a warning, with every document and every public name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import npulse
import tree

DOCS = tree.ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sphinx checks links and headings between pages; -W makes each of its warnings an error."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    result = subprocess.run(
        [*command, "-d", target / "doctrees", DOCS, target / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return target / "html"


def test_every_document_is_a_page(site: Path) -> None:
    for document in DOCS.rglob("*.md"):
        assert (site / document.relative_to(DOCS)).with_suffix(".html").is_file(), document


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "python.html").read_text()
    defined = {getattr(npulse, name) for name in npulse.__all__ if name != "__version__"}
    missing = [
        each.__name__
        for each in defined
        if f'id="{each.__module__}.{each.__name__}"' not in page
        and f'id="npulse.{each.__name__}"' not in page
    ]
    assert not missing
