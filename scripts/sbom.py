#!/usr/bin/env python3
"""Writes what the release binary is made of, as a CycloneDX 1.5 bill of
materials: the Debian packages of the libraries it loads and of the headers that
were compiled into it. Both are read from the build itself, not from a list.

    scripts/sbom.py build/release FILE
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM_FOLDERS = ("mesh/", "yaml/", "rules/", "lint/", "ruletest/", "certs/", "cluster/",
                   "webhook/", "cli/")
# No two programs are the same, so neither are two bills.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://meshvet.dev/sbom")


def output(*command):
    return subprocess.run([str(c) for c in command], capture_output=True,
                          text=True, check=True, cwd=ROOT).stdout


def headers(build):
    """System headers that the program's objects were made of."""
    found, is_ours = set(), False
    for line in output("ninja", "-C", build, "-t", "deps").splitlines():
        if not line.startswith(" "):
            is_ours = line.startswith(PROGRAM_FOLDERS)
        elif is_ours and line.strip().startswith("/usr/"):
            found.add(os.path.realpath(line.strip()))
    if not found:
        sys.exit(f"sbom: {build} does not say what it was built from")
    return found


def libraries(binary):
    """Shared objects it loads, those they load included."""
    text = output("ldd", binary)
    if "not found" in text:
        sys.exit(f"sbom: {binary} lacks a library:\n{text}")
    return {os.path.realpath(path)
            for path in re.findall(r"(/\S+) \(0x", text)}


def packages(paths):
    """The Debian packages of files."""
    # Where /lib is /usr/lib, either spelling may be on record.
    spellings = {spelling: path for path in paths
                 for spelling in (path, path.removeprefix("/usr"))}
    done = subprocess.run(["dpkg", "-S", *spellings], capture_output=True,
                          text=True, check=False)
    owners = dict(line.split(": ", 1)[::-1]
                  for line in done.stdout.splitlines())
    owned = {spellings[spelling] for spelling in owners}
    if owned != set(paths):
        sys.exit(f"sbom: no package has {sorted(set(paths) - owned)}")
    return {re.split("[:,]", package)[0] for package in owners.values()}


def component(name, how):
    fields = "${Version}\t${Architecture}\t${source:Package}\t${Homepage}"
    version, arch, source, homepage = output(
        "dpkg-query", "-W", f"-f={fields}\n", name).splitlines()[0].split("\t")
    made = {
        "type": "library",
        "bom-ref": f"deb/{name}",
        "name": name,
        "version": version,
        "purl": f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}"
                f"?arch={arch}",
        "properties": [{"name": "meshvet:use", "value": how},
                       {"name": "debian:source", "value": source}],
    }
    if homepage:
        made["externalReferences"] = [{"type": "website", "url": homepage}]
    return made


def bill(build):
    binary = build / "meshvet"
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    version = json.loads(output(binary, "version", "-o", "json"))["version"]
    loaded = packages(libraries(binary))
    compiled = packages(headers(build))
    components = [component(name, "loaded") for name in sorted(loaded)]
    components += [component(name, "compiled in") for name in sorted(compiled)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": output("git", "log", "-1", "--format=%cI").strip(),
            "component": {
                "type": "application",
                "bom-ref": "meshvet",
                "name": "meshvet",
                "version": version,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            },
        },
        "components": components,
        "dependencies": [
            {"ref": "meshvet", "dependsOn": [c["bom-ref"] for c in components]},
            *({"ref": c["bom-ref"]} for c in components)],
    }


def main(build, file):
    made = bill(pathlib.Path(build).resolve())
    pathlib.Path(file).write_text(json.dumps(made, indent=2) + "\n")
    print(f"{file}: {len(made['components'])} components")


if __name__ == "__main__":
    main(*sys.argv[1:])
