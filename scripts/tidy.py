#!/usr/bin/env python3
"""Runs clang-tidy over the sources of the program, or over those whose path
matches one of the regular expressions given. Tests are left to the compilers
and the sanitizers: the headers of GoogleTest alone cost it half a minute a file.

A source found clean is not read again while nothing it consists of, its headers
included, has changed: what the compiler sees of it, comments too, is hashed, and
the hashes of clean ones are kept in ~/.cache/meshvet/tidy.

    scripts/tidy.py build/clang JOBS [REGEX...]
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIDY = "clang-tidy-14"
PROGRAM = rf"^{ROOT}/(mesh|rules|yaml|lint|ruletest|certs|cluster|webhook|cli)/"
CLEAN = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or
                     pathlib.Path.home() / ".cache") / "meshvet" / "tidy"
KEPT_DAYS = 30
NOISE = re.compile(r"warnings? (generated|treated as)")


def checks():
    """What decides, besides the source itself."""
    version = subprocess.run([TIDY, "--version"], capture_output=True,
                             check=True).stdout
    return version + (ROOT / ".clang-tidy").read_bytes()


def content(entry):
    """The source as compiled, or nothing if it does not compile."""
    command = re.sub(r" -o \S+ -c ", " -E -C ", entry["command"])
    done = subprocess.run(command, shell=True, cwd=entry["directory"],
                          capture_output=True, check=False)
    if done.returncode:
        return None
    return done.stdout.replace(str(ROOT).encode(), b".") + command.replace(
        str(ROOT), ".").encode()


def tidy(build, entry, decisive):
    """Nothing if it was found clean before, else whether it is, and what is
    said of it."""
    text = content(entry)
    mark = text and CLEAN / hashlib.sha256(decisive + text).hexdigest()
    if mark and mark.exists():
        mark.touch()
        return None
    done = subprocess.run([TIDY, "-p", build, "-quiet", entry["file"]],
                          capture_output=True, text=True, check=False)
    if mark and done.returncode == 0:
        mark.touch()
    said = [line for line in (done.stdout + done.stderr).splitlines()
            if not NOISE.search(line)]
    return done.returncode == 0, "\n".join(said)


def forget_old():
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for mark in CLEAN.iterdir():
        if mark.stat().st_mtime < oldest:
            mark.unlink(missing_ok=True)


def main(build, jobs, *patterns):
    build = pathlib.Path(build).resolve()
    wanted = re.compile("|".join(patterns or [PROGRAM]))
    entries = [entry for entry
               in json.loads((build / "compile_commands.json").read_text())
               if wanted.search(entry["file"])]
    if not entries:
        sys.exit(f"tidy: no source matches {wanted.pattern}")
    CLEAN.mkdir(parents=True, exist_ok=True)
    decisive = checks()
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        results = list(pool.map(lambda entry: tidy(build, entry, decisive),
                                entries))
    forget_old()
    read = [result for result in results if result]
    unclean = [said for is_clean, said in read if not is_clean]
    print(f"tidy: {len(entries)} sources, {len(read)} of them read, "
          f"{len(unclean)} not clean")
    if unclean:
        sys.exit("\n".join(unclean))


if __name__ == "__main__":
    main(*sys.argv[1:])
