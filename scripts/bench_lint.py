"""What `meshvet lint`, `fix` and `gate` take, for scripts/bench.py: wall and CPU
time and peak memory of the best of several runs. The best, for all else that
runs on the machine only makes it worse.

Alone it prints its tables: scripts/bench_lint.py
"""

import os
import shutil
import subprocess
import sys
import time

from bench_servers import BENCH, DATA, MESHVET, run

SMOKE = bool(os.environ.get("BENCH_SMOKE"))
RUNS = 3 if SMOKE else 7
FINDINGS = 1_000 if SMOKE else 10_000
FORMATS = ("full", "concise", "json", "sarif", "junit", "github", "gitlab",
           "rdjson", "markdown", "policyreport")

# Two findings, each with a fix.
FLAWED = """---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: till-{0}
  namespace: shop-{1}
  labels:
    service.istio.io/canonical-name: till
    service.istio.io/canonical-revision: v1
spec:
  address: 192.0.2.1
"""


def measured(*command, ok=(0, 1)):
    """Seconds, CPU seconds, peak MB and MB written of one run that has to end
    with one of `ok`."""
    with open(DATA / "lint.out", "wb") as out, \
            open(DATA / "lint.err", "wb") as err:
        start = time.perf_counter()
        process = subprocess.Popen([str(c) for c in command], stdout=out,
                                   stderr=err, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ok:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with "
                 f"{process.returncode}:\n"
                 f"{(DATA / 'lint.err').read_text()[-2000:]}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime,
            "MB": used.ru_maxrss / 1024,
            "written": (DATA / "lint.out").stat().st_size / 1e6}


def best(*command, ok=(0, 1)):
    runs = [measured(*command, ok=ok) for _ in range(RUNS)]
    return {key: min(one[key] for one in runs) for key in runs[0]}


def lint_mesh(count, suffix=""):
    return best(MESHVET, "lint", DATA / f"mesh-{count}{suffix}", "--complete",
                "--no-config", "-q")


def lint_one_file():
    file = DATA / "one.yaml"
    file.write_text(FLAWED.format(0, 0))
    return best(MESHVET, "lint", "--no-config", "-q", file)


def write_flawed():
    folder = DATA / "flawed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in range(FINDINGS // 200):
        (folder / f"{file}.yaml").write_text(
            "".join(FLAWED.format(i, file) for i in range(100)))
    return folder


def measure_reports():
    """Rows of the table of formats and commands."""
    folder = write_flawed()
    lint = (MESHVET, "lint", "--no-config", "-q", folder)
    base = DATA / "base.json"
    run(*lint, "-o", f"json={base}", ok=(0, 1))
    commands = {
        **{f"lint -o {name}": (*lint, "-o", name) for name in FORMATS},
        "fix --diff": (MESHVET, "fix", "--no-config", "-q", "--diff", folder),
        "gate --base": (MESHVET, "gate", "--no-config", "-q", "--no-ci",
                        "--base", base, folder),
    }
    for name, command in commands.items():
        got = best(*command)
        yield (name, f"{got['wall']:.2f}", f"{got['cpu']:.2f}",
               f"{got['MB']:.0f}", f"{got['written']:.1f}")


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for count, suffix, per_file in ((1_000, "", 100), (10_000, "", 100),
                                    (10_000, "-single", 1)):
        folder = DATA / f"mesh-{count}{suffix}"
        shutil.rmtree(folder, ignore_errors=True)
        run(BENCH / "generate_mesh", folder, count, per_file)
        got = lint_mesh(count, suffix)
        print(f"{count} documents{suffix}: {got}")
    print(f"one file: {lint_one_file()}")
    for row in measure_reports():
        print(*row, sep="\t")


if __name__ == "__main__":
    main()
