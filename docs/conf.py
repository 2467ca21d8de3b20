# SPDX-License-Identifier: Apache-2.0
"""The documents as a site: sphinx-build -W -b html docs build/docs"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

DOCS = Path(__file__).parent
LINK = re.compile(r"\[([^\]]+)\]\(([^)#:]+)(#[^)]*)?\)")

project = "NPUlse"
version = release = str(import_module("npulse").__version__)
extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {
    "description": "A cycle-approximate simulator of NPU chips",
    "fixed_sidebar": True,
    "page_width": "1160px",
    "body_max_width": "930px",
    "code_font_size": "0.8em",
    "font_family": "sans-serif",
    "head_font_family": "sans-serif",
    "font_size": "16px",
}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_show_copyright = False
html_copy_source = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
maximum_signature_line_length = 88
default_role = "code"  # what single backquotes mean in docstrings
python_use_unqualified_type_names = True


def unlink_sources(app: Sphinx, name: str, source: list[str]) -> None:
    """Links out of docs/ become their text: the site holds the documents, not the sources."""
    folder = (DOCS / name).parent

    def within(link: re.Match[str]) -> str:
        return link[0] if (folder / link[2]).resolve().is_relative_to(DOCS) else link[1]

    source[0] = LINK.sub(within, source[0])


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", unlink_sources)
    for name in ("npt", "npt-line"):
        app.add_lexer(name, TextLexer)
