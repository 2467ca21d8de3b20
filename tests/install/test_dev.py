# SPDX-License-Identifier: Apache-2.0
"""./dev on machines that lack something: one clear line, and nothing done twice.

Each test runs a copy of ./dev that sees only the commands the test gives it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDINARY = ["awk", "bash", "cat", "dirname", "env", "grep", "sed", "tr"]


class Machine:
    """A folder with ./dev and a PATH of chosen commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        shutil.copy(ROOT / "dev", folder)
        shutil.copytree(ROOT / "tools" / "dev", folder / "tools" / "dev")
        for name in ORDINARY:
            (self.bin / name).symlink_to(str(shutil.which(name)))
        self.command("df", "printf 'fs blocks used free\\n/ 9 9 99999\\n'")
        self.command("id", "echo 0")
        self.command("nproc", "echo 1")

    def command(self, name: str, script: str) -> None:
        """Gives the machine a command that runs `script`; every call is kept in calls()."""
        path = self.folder / name if "/" in name else self.bin / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"{self.folder}/calls"\n{script}\n')
        path.chmod(0o755)

    def debian(self, *, installed: bool) -> None:
        """Gives the machine apt, with all packages installed or none, and no network."""
        self.command("dpkg-query", "printf installed" if installed else "exit 1")
        self.command("apt-get", "echo 'E: no network' >&2; exit 100")

    def calls(self) -> list[str]:
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def dev(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "dev", *arguments],
            env={"PATH": str(self.bin), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def only_line(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    return line


def test_without_apt_the_packages_are_named(machine: Machine) -> None:
    line = only_line(machine.dev("build"))
    assert "no apt" in line
    assert "libsystemc-dev" in line


def test_without_root_and_sudo_the_command_to_ask_for_is_named(machine: Machine) -> None:
    machine.debian(installed=False)
    machine.command("id", "echo 1000")
    assert "ask an administrator for: apt-get install g++" in only_line(machine.dev("build"))


def test_without_root_but_with_sudo_apt_runs_under_sudo(machine: Machine) -> None:
    machine.debian(installed=False)
    machine.command("id", "echo 1000")
    machine.command("sudo", "exit 1")
    machine.dev("build")
    assert any(call.startswith("sudo env") and "install -y" in call for call in machine.calls())


def test_without_network_the_packages_it_could_not_get_are_named(machine: Machine) -> None:
    machine.debian(installed=False)
    result = machine.dev("build")
    assert result.returncode == 1
    assert "could not install: g++" in result.stderr.splitlines()[-1]


def test_on_a_full_disk_it_says_what_needs_how_much(machine: Machine) -> None:
    machine.debian(installed=True)
    machine.command("df", "printf 'fs blocks used free\\n/ 9 9 12\\n'")
    assert "a build needs about 1000 MB, 12 MB are free" in only_line(machine.dev("build"))


def test_with_all_packages_present_apt_is_not_touched(machine: Machine) -> None:
    machine.debian(installed=True)
    machine.command("cmake", "exit 0")
    assert machine.dev("build").returncode == 0
    assert not [call for call in machine.calls() if call.startswith("apt-get")]


def test_packages_can_be_left_to_the_user(machine: Machine) -> None:
    machine.command("cmake", "exit 0")
    assert machine.dev("build", NPULSE_SKIP_PACKAGES="1").returncode == 0


def test_a_build_that_fails_is_the_last_line(machine: Machine) -> None:
    machine.command("cmake", "[[ $1 == --preset ]]")
    line = only_line(machine.dev("build", NPULSE_SKIP_PACKAGES="1"))
    assert line == "dev: the build failed; its errors stand above"


def test_pip_without_network_is_one_clear_line_and_is_tried_again(machine: Machine) -> None:
    machine.command("cmake", "exit 0")
    (machine.folder / "python").mkdir()
    (machine.folder / "python" / "requirements.txt").write_text("nothing-by-this-name==1\n")
    offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null", "NPULSE_SKIP_PACKAGES": "1"}
    result = machine.dev("test", **offline)
    assert result.returncode == 1
    assert "pip could not install" in result.stderr.splitlines()[-1]
    assert not (machine.folder / ".venv" / "made-from").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tset"], "unknown command 'tset'"),
        (["build", "now"], "'build' does not take 'now'"),
        (["test", "--fast"], "'test' does not take '--fast'"),
    ],
)
def test_a_wrong_command_line_is_refused(
    machine: Machine, arguments: list[str], message: str
) -> None:
    result = machine.dev(*arguments)
    assert result.returncode == 2
    assert message in result.stderr


def test_without_arguments_it_helps(machine: Machine) -> None:
    result = machine.dev()
    assert result.returncode == 0
    assert "./dev COMMAND" in result.stdout
