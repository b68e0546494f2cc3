#!/usr/bin/env python3
"""Measures meshvet against its targets and prints one Markdown table.

The webhook and a bare OpenSSL echo are driven in turn, in one run, by the same
wrk with the same request over TLS keep-alive, server and wrk pinned to
different processors; CPU time is what the kernel says each server used. A
target that is missed shows in the table; only a failure to measure is an error.

BENCH_SMOKE=1 measures briefly, to see that everything still works.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
BENCH = BUILD / "test" / "bench"
DATA = ROOT / "build" / "bench"
MESHVET = BUILD / "meshvet"

SMOKE = bool(os.environ.get("BENCH_SMOKE"))
SECONDS = 2 if SMOKE else 10
ROUNDS = 1 if SMOKE else 3
STARTS = 5 if SMOKE else 21
CONNECTIONS = 16
LARGE, SMALL = 10_000, 1_000
REVIEW = DATA / f"mesh-{LARGE}-review.json"

# Server and load never share a processor.
SERVER_CPU, LOAD_CPU = sorted(os.sched_getaffinity(0))[:2] \
    if len(os.sched_getaffinity(0)) > 1 else (0, 0)
TICKS = os.sysconf("SC_CLK_TCK")


def run(*command, ok=(0,)):
    """The output of a command that has to end with one of `ok`."""
    done = subprocess.run([str(c) for c in command], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=600)
    if done.returncode not in ok:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with "
                 f"{done.returncode}:\n{done.stdout[-2000:]}"
                 f"{done.stderr[-2000:]}")
    return done.stdout


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Server:
    """A server process of ours; leaves nothing behind."""

    def __init__(self, *command, port):
        self.port = port
        self.log = open(DATA / "server.log", "wb+")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CPU), *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def wait_until(self, ready):
        """Seconds from the start of the process until `ready()`."""
        while not ready():
            if (self.process.poll() is not None or
                    time.perf_counter() - self.started > 30):
                self.log.seek(0)
                text = self.log.read()[-2000:].decode(errors="replace")
                sys.exit(f"bench: {self.process.args} is not ready:\n{text}")
            time.sleep(0.0002)
        return time.perf_counter() - self.started

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def webhook(inventory=None):
    port, ops_port = free_port(), free_port()
    command = [MESHVET, "serve", "--listen", f"127.0.0.1:{port}",
               "--ops-listen", f"127.0.0.1:{ops_port}"]
    if inventory:
        command += ["--inventory", inventory]
    server = Server(*command, port=port)
    server.ops_port = ops_port
    return server


def is_ready(server):
    try:
        url = f"http://127.0.0.1:{server.ops_port}/readyz"
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def tls_echo():
    port = free_port()
    return Server(BENCH / "tls_echo", port, port=port)


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def percentile(text, percent):
    """From the start of a line: the line of means may hold "93.99%" too."""
    line = rf"^\s+{percent}%\s+(\S+)$"
    return milliseconds(re.search(line, text, re.MULTILINE)[1])


def drive(server, path, seconds):
    """One run of wrk: requests, CPU µs per request, p50 and p99 in ms."""
    before = server.cpu_seconds()
    text = run("taskset", "-c", LOAD_CPU, "wrk", "--threads", 1,
               "--connections", CONNECTIONS, "--duration", f"{seconds}s",
               "--latency", "--script", ROOT / "test/bench/review.lua",
               f"https://127.0.0.1:{server.port}{path}", "--",
               REVIEW)
    cpu = server.cpu_seconds() - before
    if re.search(r"Socket errors|Non-2xx", text):
        sys.exit(f"bench: {path} gave errors:\n{text}")
    requests = int(re.search(r"(\d+) requests in", text)[1])
    return {
        "cpu": cpu / requests * 1e6,
        "rate": requests / seconds,
        "p50": percentile(text, 50),
        "p99": percentile(text, 99),
    }


def median_of(runs):
    return {key: statistics.median(r[key] for r in runs) for key in runs[0]}


def measure_servers():
    with tls_echo() as echo, webhook(DATA / f"mesh-{LARGE}") as ours:
        echo.wait_until(lambda: is_listening(echo.port))
        ours.wait_until(lambda: is_ready(ours))
        rss = ours.resident_megabytes()
        drive(echo, "/validate", 1)
        drive(ours, "/validate", 1)
        # In turns, so that what else the machine does touches both.
        echoes, reviews = [], []
        for _ in range(ROUNDS):
            echoes.append(drive(echo, "/validate", SECONDS))
            reviews.append(drive(ours, "/validate", SECONDS))
    return median_of(echoes), median_of(reviews), rss


def measure_start():
    """Median ms from spawn to listening, and resident MB without a mesh."""
    times = []
    for _ in range(STARTS):
        with webhook() as server:
            times.append(server.wait_until(lambda: is_listening(server.port)))
            server.wait_until(lambda: is_ready(server))
            rss = server.resident_megabytes()
    return statistics.median(times) * 1e3, rss


def wall(*command, ok=(0,)):
    start = time.perf_counter()
    run(*command, ok=ok)
    return time.perf_counter() - start


def measure_lint(count):
    folder = DATA / f"mesh-{count}"
    return min(wall(MESHVET, "lint", folder, "--complete", "--no-config",
                    "-q", ok=(0, 1)) for _ in range(1 + 2 * ROUNDS))


def measure_engine():
    text = run("taskset", "-c", SERVER_CPU, BENCH / "engine_bench",
               "--benchmark_format=json",
               f"--benchmark_min_time={0.1 if SMOKE else 0.5}")
    results = {}
    for result in json.loads(text)["benchmarks"]:
        if result.get("error_occurred"):
            sys.exit(f"bench: {result['name']}: {result['error_message']}")
        results[result["name"]] = result["cpu_time"]
    return results


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, measured, target, unit):
        ratio = f"{measured / target:.2f}" if target else "–"
        limit = f"≤ {target:.3g} {unit}" if target else "–"
        self.rows.append((what, f"{measured:.3g} {unit}", limit, ratio))

    def __str__(self):
        head = ("what", "measured", "target", "measured / target")
        lines = [head, ("---", "--:", "--:", "--:"), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    for count in (SMALL, LARGE):
        shutil.rmtree(DATA / f"mesh-{count}", ignore_errors=True)
        run(BENCH / "generate_mesh", DATA / f"mesh-{count}", count)

    table = Table()
    engine = measure_engine()
    echo, ours, rss = measure_servers()
    table.add("webhook: CPU per review (echo: "
              f"{echo['cpu']:.1f} µs)", ours["cpu"], 2 * echo["cpu"], "µs")
    table.add(f"webhook: latency p50 (echo: {echo['p50']:.2f} ms)",
              ours["p50"], None, "ms")
    table.add(f"webhook: latency p99 (echo: {echo['p99']:.2f} ms)",
              ours["p99"], 3 * echo["p99"], "ms")
    table.add(f"webhook: reviews per second on one processor "
              f"(echo: {echo['rate']:.0f})", round(ours["rate"]), None, "/s")
    table.add("engine alone: one review", engine["Evaluate"], 10, "µs")
    table.add("engine: read the AdmissionReview", engine["ParseReview"], None,
              "µs")
    table.add("engine: one mutation", engine["Mutate"], None, "µs")
    table.add("inventory: one change and its snapshot",
              engine["UpdateInventory"], None, "µs")

    large, small = measure_lint(LARGE), measure_lint(SMALL)
    table.add(f"lint: {LARGE:,} documents", large, 0.3, "s")
    table.add(f"lint: {SMALL:,} documents", small, None, "s")
    table.add("lint: time per document, against that of 1,000",
              (large / LARGE) / (small / SMALL), 1.2, "×")

    start, empty_rss = measure_start()
    version = statistics.median(wall(MESHVET, "version")
                                for _ in range(STARTS)) * 1e3
    table.add("start-up of serve: process to listening", start, 10, "ms")
    table.add("start-up: meshvet version", version, 10, "ms")
    table.add("resident memory: empty inventory", empty_rss, 20, "MB")
    table.add(f"resident memory: {LARGE:,} objects", rss, 60, "MB")

    print(f"A VirtualService of 2 KB, {LARGE:,} objects in the inventory, "
          f"all rules on; wrk over TLS keep-alive, {CONNECTIONS} connections, "
          f"server and wrk on a processor each.\n")
    print(table)


if __name__ == "__main__":
    main()
