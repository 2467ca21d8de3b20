# SPDX-License-Identifier: Apache-2.0
"""Pages opened in headless Chromium: what they say, look like, log and ask of the network."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

QUIET = (  # what Chromium itself would ask of the network
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)
NO_HOSTS = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
BROWSER = "not an origin"
"""Who asked, in the log, when it was not the page."""
SIZE = "--window-size=1300,1800"


@dataclass(frozen=True)
class Opened:
    """What came of opening a page."""

    output: str
    console: list[str]
    """Lines that the page or the browser wrote to its console."""
    requests: list[str]
    """Addresses that the page asked for, whether or not anything answered."""


def open_page(page: Path, work: Path, *options: str) -> Opened:
    """Opens a file; `options` say what to make of it, `--dump-dom` for example."""
    log = work / "net.json"
    words = command(work, f"--log-net-log={log}", *options, page.as_uri())
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Opened(done.stdout, console, _requests(json.loads(log.read_text())))


def command(work: Path, *options: str) -> list[str]:
    """What starts Chromium with a profile below `work`."""
    words = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", SIZE]
    words += [*QUIET, NO_HOSTS, f"--user-data-dir={work / 'profile'}", "--enable-logging=stderr"]
    return [*words, *options]


def _requests(log: dict[str, object]) -> list[str]:
    events = log["events"]
    assert isinstance(events, list)
    asked = [event["params"] for event in events if "initiator" in event.get("params", {})]
    by_page = [request for request in asked if request["initiator"] != BROWSER]
    return sorted({request["url"] for request in by_page} - {""})
