# SPDX-License-Identifier: Apache-2.0
"""The documents: every link into the tree leads somewhere."""

from __future__ import annotations

import re

import tree

LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")


def test_links_between_files_lead_somewhere() -> None:
    dead = [
        f"{tree.name_of(path)}: {target}"
        for path in tree.files()
        if path.suffix == ".md"
        for target, _ in LINK.findall(path.read_text())
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not dead, "\n".join(dead)
