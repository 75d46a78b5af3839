"""Where the browsers of this machine are, and which package has one that is missing."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from corsdoctor.record import Record


class Program(Record):
    """A browser to start: `browser` is the name of its profile, `product` its own, `path` the program."""

    browser: str
    product: str
    path: str


class _Known(Record):
    """A product: the commands that start it, its program on macOS, and the packages that have it."""

    browser: str
    product: str
    commands: tuple[str, ...]
    on_mac: str
    apt: str
    brew: str


_KNOWN: Final = (
    _Known("chromium", "Chromium", ("chromium", "chromium-browser"), "Chromium.app/Contents/MacOS/Chromium", "chromium", "chromium"),
    _Known("chromium", "Chrome", ("google-chrome", "google-chrome-stable"), "Google Chrome.app/Contents/MacOS/Google Chrome", "google-chrome-stable", "google-chrome"),
    _Known("chromium", "Edge", ("microsoft-edge", "microsoft-edge-stable"), "Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "microsoft-edge-stable", "microsoft-edge"),
    _Known("firefox", "Firefox", ("firefox", "firefox-esr"), "Firefox.app/Contents/MacOS/firefox", "firefox-esr", "firefox"),
    _Known("webkit", "WebKitGTK", ("WebKitWebDriver",), "", "webkit2gtk-driver xvfb", ""),
)  # fmt: skip
NAMES: Final = ("chromium", "firefox", "webkit", "chrome", "edge")
"""What --in accepts: the name of an engine stands for any of its products."""
_MAC: Final = "Darwin"
_MAC_FOLDERS: Final = ("/Applications", "~/Applications")


def find(name: str, paths: Mapping[str, str]) -> Program:
    """The program for one of NAMES; `paths` has those that the user named. ValueError says what to install."""
    known = [one for one in _KNOWN if name in (one.browser, one.product.lower())]
    if name in paths:
        given = Path(paths[name]).expanduser()
        if not (given.is_file() and os.access(given, os.X_OK)):
            raise ValueError(f"the file of --browser-path {name}=FILE is not a program")
        return Program(known[0].browser, known[0].product, str(given))
    for one in known:
        for path in filter(None, (*map(shutil.which, one.commands), _mac_program(one))):
            return Program(one.browser, one.product, path)
    first = known[0]
    on_mac = platform.system() == _MAC
    if platform.system() == "Windows" or (on_mac and not first.brew):
        raise ValueError(f"--in cannot start {first.product} on this system")
    install = f"brew install --cask {first.brew}" if on_mac else f"apt install {first.apt}"
    raise ValueError(f"{first.product} is not installed: {install}, or name its program with --browser-path")


def _mac_program(known: _Known) -> str | None:
    if platform.system() != _MAC or not known.on_mac:
        return None
    paths = (Path(folder).expanduser() / known.on_mac for folder in _MAC_FOLDERS)
    return next((str(path) for path in paths if path.is_file()), None)
