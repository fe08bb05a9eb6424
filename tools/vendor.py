"""Fetch the front-end packages that the site serves itself, at pinned versions.

Run it to change a version; it needs the ``npm`` command and ``fonttools`` with ``brotli`` (for the
font subsets), neither of which the site itself needs. ``--check`` needs neither: it compares the
committed files with the checksums that were written when they were fetched.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "core" / "static" / "vendor"
VERSIONS = VENDOR / "versions.json"

ICONS = Path(__file__).with_name("icons.txt").read_text().split()

LATIN = (
    "U+0020-007E,U+00A0,U+00A7,U+00A9,U+00AB,U+00B0-00B3,U+00B7,U+00BB,U+00D7,U+2009,U+2010-2015,"
    "U+2018-201E,U+2022,U+2026,U+202F,U+20AC,U+2122,U+2190-2193,U+2212"
)
CYRILLIC = "U+0301,U+0400-045F,U+0490-0491,U+2116"
CYRILLIC_MORE = "U+0460-048F,U+0492-052F,U+1C80-1C8A,U+20B4,U+20BD,U+2DE0-2DFF,U+A640-A69F"
LATIN_MORE = "U+00A1-00A6,U+00A8,U+00AA,U+00AC-00AF,U+00B4-00B6,U+00B8-00BA,U+00BC-00D6,U+00D8-00FF"

Taken = Callable[[Path], bytes]


@dataclass(frozen=True)
class Package:
    """What is taken out of one npm package: the name it gets here, and how it is made."""

    name: str
    version: str
    licence: str
    files: Mapping[str, Taken]
    folder: str = ""
    notes: str = field(default="")

    @property
    def home(self) -> str:
        return self.folder or self.name


def copied(source: str) -> Taken:
    """The file as published, without the pointer to a source map that is not served."""

    def take(package: Path) -> bytes:
        content = (package / source).read_bytes()
        return re.sub(
            rb"\n?(//# sourceMappingURL=.*|/\*# sourceMappingURL=.*?\*/)\s*$",
            b"\n",
            content,
        )

    return take


def font(source: str, characters: str) -> Taken:
    """The part of a variable font that has these characters, in weights from 400 to 700."""

    def take(package: Path) -> bytes:
        from fontTools import subset
        from fontTools.varLib import instancer

        options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
        opened = subset.load_font(str(package / "files" / source), options)
        opened.recalcTimestamp = False
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(characters))
        subsetter.subset(opened)
        instancer.instantiateVariableFont(opened, {"wght": (400, 700)}, inplace=True)
        written = io.BytesIO()
        opened.save(written)
        return written.getvalue()

    return take


def sprite(names: list[str]) -> Taken:
    """One SVG whose symbols are the icons of these names."""

    def take(package: Path) -> bytes:
        symbols = []
        for name in sorted(names):
            drawing = (package / "icons" / f"{name}.svg").read_text()
            inner = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
            if inner is None:
                raise ValueError(f"{name}.svg is not an icon")
            shape = re.sub(r"\s*\n\s*", "", inner[1])
            symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{shape}</symbol>')
        head = '<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">'
        return "\n".join([head, *symbols, "</svg>\n"]).encode()

    return take


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        {"bootstrap.min.css": copied("dist/css/bootstrap.min.css")},
    ),
    Package("htmx.org", "4.0.1", "0BSD", {"htmx.min.js": copied("dist/htmx.min.js")}, "htmx"),
    Package(
        "socket.io-client",
        "4.8.4",
        "MIT",
        {"socket.io.esm.min.js": copied("dist/socket.io.esm.min.js")},
        "socket.io",
    ),
    Package(
        "photoswipe",
        "5.4.4",
        "MIT",
        {
            "photoswipe.css": copied("dist/photoswipe.css"),
            "photoswipe.esm.min.js": copied("dist/photoswipe.esm.min.js"),
        },
    ),
    Package(
        "trix",
        "2.1.19",
        "MIT",
        {
            "trix.esm.min.js": copied("dist/trix.esm.min.js"),
        },
    ),
    Package(
        "@fontsource-variable/golos-text",
        "5.3.0",
        "OFL-1.1",
        {
            "cyrillic.woff2": font("golos-text-cyrillic-wght-normal.woff2", CYRILLIC),
            "cyrillic-more.woff2": font("golos-text-cyrillic-ext-wght-normal.woff2", CYRILLIC_MORE),
            "latin.woff2": font("golos-text-latin-wght-normal.woff2", LATIN),
            "latin-more.woff2": font("golos-text-latin-wght-normal.woff2", LATIN_MORE),
        },
        "golos-text",
        "subsets, weights 400 to 700, without hinting",
    ),
    Package(
        "bootstrap-icons",
        "1.13.2",
        "MIT",
        {"icons.svg": sprite(ICONS)},
        notes="a sprite of the icons in use",
    ),
)


def fetch(package: Package, folder: Path) -> Path:
    """The unpacked package, fetched with the ordinary npm client."""
    wanted = f"{package.name}@{package.version}"
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), wanted]
    packed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    unpacked = folder / package.home
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked / "package"


def stored(package: Package, source: Path) -> Iterator[dict[str, str]]:
    """Write the files of a package and say what was written."""
    home = VENDOR / package.home
    home.mkdir(parents=True, exist_ok=True)
    for name, take in {**package.files, "LICENSE": copied("LICENSE")}.items():
        content = take(source)
        (home / name).write_bytes(content)
        entry = {
            "name": package.name,
            "version": package.version,
            "licence": package.licence,
            "file": f"{package.home}/{name}",
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        yield {**entry, "changes": package.notes} if package.notes else entry


def update() -> None:
    """Fetch every package and write its files and the list of them."""
    with tempfile.TemporaryDirectory() as folder:
        entries = [
            entry for package in PACKAGES for entry in stored(package, fetch(package, Path(folder)))
        ]
    VERSIONS.write_text(json.dumps(entries, indent=2) + "\n")


def problems() -> list[str]:
    """What differs between the committed files and the list of them; empty when all is well."""
    entries = {entry["file"]: entry for entry in json.loads(VERSIONS.read_text())}
    found = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != VERSIONS
    }
    wanted = {package.name: package.version for package in PACKAGES}
    listed = {entry["name"]: entry["version"] for entry in entries.values()}
    return [
        *(f"{name} is not listed in versions.json" for name in sorted(found - entries.keys())),
        *(f"{name} is missing" for name in sorted(entries.keys() - found)),
        *(
            f"{name} differs from its checksum"
            for name in sorted(found & entries.keys())
            if hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() != entries[name]["sha256"]
        ),
        *(
            f"{name} is not at the pinned version"
            for name in wanted
            if listed.get(name) != wanted[name]
        ),
    ]


def main() -> int:
    """Fetch, or with ``--check`` only compare; the exit status says whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the files with checksums")
    if not parser.parse_args().check:
        update()
    wrong = problems()
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
