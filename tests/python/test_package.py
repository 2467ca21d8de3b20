# SPDX-License-Identifier: Apache-2.0
"""The installed package as a whole."""

from importlib import metadata

import npulse


def test_the_extension_and_the_distribution_agree_on_the_version() -> None:
    assert npulse.__version__ == metadata.version("npulse")
