#!/usr/bin/env python3
"""Measures meshvet against its targets and prints Markdown tables.

The webhook, a bare OpenSSL echo and a plain webhook in Go are driven in turn, in
one run, by the same wrk with the same request over TLS keep-alive, server and
wrk pinned to different processors; CPU time is what the kernel says each server
used. A target that is missed shows in the table; only a failure to measure is an
error.

BENCH_SMOKE=1 measures briefly, to see that everything still works.
"""

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from bench_lint import FINDINGS, lint_one_file, lint_mesh, measure_reports
from bench_servers import (BENCH, DATA, MESHVET, SERVER_CPU, build_reference,
                           drive, is_listening, is_ready, reference,
                           resident_megabytes, run, spawn, tls_echo, webhook)

SMOKE = bool(os.environ.get("BENCH_SMOKE"))
SECONDS = 2 if SMOKE else 10
ROUNDS = 1 if SMOKE else 3
STARTS = 5 if SMOKE else 21
CONNECTIONS = 16
# A server that keeps its client busy is not woken for each request, nor wakes
# it. The echo does, and ours is slower: so both are measured without, too.
REST_MS = 1
MESHES = (1_000, 10_000) if SMOKE else (1_000, 10_000, 100_000)
SMALL, LARGE, HUGE = MESHES[0], MESHES[1], MESHES[-1]

GRID_SECONDS = 1 if SMOKE else 4
GRID_CONNECTIONS = (16,) if SMOKE else (1, 16, 64, 600)
BODIES = {
    "CREATE of 2 KB": "review",
    "UPDATE of 2 × 100 KB": "review-update",
    "CREATE of 3 MB": "review-huge",
}
FIGURES = ("/s", "CPU µs", "p50 ms", "p99 ms", "p99.9 ms", "MB", "refused %")
# Gigabytes, in a server that refuses nothing.
TOO_MUCH = ("CREATE of 3 MB", 600)


def review_file(body="review"):
    return DATA / f"mesh-{LARGE}-{body}.json"


def median_of(runs):
    return {key: statistics.median(r[key] for r in runs) for key in runs[0]}


def started(stack, make):
    """A server that listens, and is ready where it says so."""
    server = stack.enter_context(make())
    server.wait_until(lambda: is_listening(server.port))
    if hasattr(server, "ops_port"):
        server.wait_until(lambda: is_ready(server))
    return server


def measure_servers():
    """Medians of the echo, of the reference in Go and of ours, the same where
    each connection rests, and our resident MB before the first review."""
    mesh = DATA / f"mesh-{LARGE}"
    makes = (tls_echo, lambda: reference(mesh), lambda: webhook(mesh))
    with contextlib.ExitStack() as stack:
        servers = [started(stack, make) for make in makes]
        rss = servers[-1].resident_megabytes()
        for server in servers:
            drive(server, review_file(), 1)
        # In turns, so that what else the machine does touches all.
        medians = [
            [median_of(runs) for runs in zip(*(
                [drive(server, review_file(), SECONDS, rest=rest)
                 for server in servers] for _ in range(ROUNDS)))]
            for rest in ((), (REST_MS,))]
    return *medians, rss


def measure_grid():
    """Rows of the table of servers, bodies and connections."""
    mesh = DATA / f"mesh-{LARGE}"
    makes = {"echo": tls_echo, "Go": lambda: reference(mesh),
             "meshvet": lambda: webhook(mesh)}
    for body, name in list(BODIES.items())[:1 if SMOKE else None]:
        for connections in GRID_CONNECTIONS:
            for who, make in makes.items():
                if (body, connections) == TOO_MUCH and who != "meshvet":
                    continue
                with contextlib.ExitStack() as stack:
                    server = started(stack, make)
                    got = drive(server, review_file(name), GRID_SECONDS,
                                connections, True)
                    yield (body, f"{connections}", who, *figures(server, got))


def figures(server, got):
    if got is None:
        return ("–",) * len(FIGURES)
    return (f"{got['rate']:,.0f}", f"{got['cpu']:,.1f}", f"{got['p50']:.2f}",
            f"{got['p99']:.2f}", f"{got['p99.9']:.2f}",
            f"{server.resident_megabytes():.0f}", f"{100 * got['refused']:.3g}")


def measure_meshes():
    """Of each size of mesh: the CPU µs of a review, and resident MB; and the
    rows of their table."""
    costs, rows = {}, []
    for count in (0, *MESHES):
        with contextlib.ExitStack() as stack:
            mesh = DATA / f"mesh-{count}" if count else None
            server = started(stack, lambda m=mesh: webhook(m))
            ready = time.perf_counter() - server.started
            drive(server, review_file(), 1)
            got = median_of([drive(server, review_file(), GRID_SECONDS)
                             for _ in range(ROUNDS)])
            costs[count] = got["cpu"], server.resident_megabytes()
            rows.append((f"{count:,}", f"{ready:.2f}", *figures(server, got)))
    return costs, rows


def measure_start():
    """Median ms from spawn until it says where it serves, and resident MB
    without a mesh. Nobody asks meanwhile: that would take time from it."""
    times = []
    for _ in range(STARTS):
        start, process = spawn(
            MESHVET, "serve", "--listen", "127.0.0.1:0", "--ops-listen",
            "127.0.0.1:0", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with process:
            if not process.stdout.readline().startswith(b"webhook https://"):
                sys.exit("bench: serve does not say where it serves")
            times.append(time.perf_counter() - start)
            rss = resident_megabytes(process.pid)
            process.kill()
    return statistics.median(times) * 1e3, rss


def wall(*command):
    """Seconds from spawn to the end, with nobody to read what it prints."""
    start, process = spawn(*command, stdout=subprocess.DEVNULL)
    if process.wait() != 0:
        sys.exit(f"bench: {process.args} ended with {process.returncode}")
    return time.perf_counter() - start


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


def markdown(head, rows, texts=1):
    """A table whose columns but the first few are of numbers."""
    marks = ["---"] * texts + ["--:"] * (len(head) - texts)
    return "\n".join("| " + " | ".join(line) + " |"
                     for line in (head, marks, *rows))


class Targets:
    def __init__(self):
        self.rows = []

    def add(self, what, measured, target, unit):
        ratio = f"{measured / target:.2f}" if target else "–"
        limit = f"≤ {target:.3g} {unit}" if target else "–"
        self.rows.append((what, f"{measured:.3g} {unit}", limit, ratio))

    def __str__(self):
        return markdown(("what", "measured", "target", "measured / target"),
                        self.rows)


def add_webhook(table):
    (echo, go, ours), at_rest, rss = measure_servers()
    table.add(f"webhook: CPU per review (echo: {echo['cpu']:.1f} µs)",
              ours["cpu"], 2 * echo["cpu"], "µs")
    table.add(f"webhook: CPU per review (Go: {go['cpu']:.1f} µs)",
              ours["cpu"], go["cpu"] / 2, "µs")
    table.add(f"webhook: CPU per review, a rest of {REST_MS} ms before each "
              f"(echo: {at_rest[0]['cpu']:.1f} µs, Go: {at_rest[1]['cpu']:.1f} "
              "µs)", at_rest[2]["cpu"], None, "µs")
    table.add(f"webhook: latency p50 (echo: {echo['p50']:.2f} ms, "
              f"Go: {go['p50']:.2f} ms)", ours["p50"], None, "ms")
    table.add(f"webhook: latency p99 (echo: {echo['p99']:.2f} ms, "
              f"Go: {go['p99']:.2f} ms)", ours["p99"], 3 * echo["p99"], "ms")
    table.add(f"webhook: latency p99, a rest of {REST_MS} ms before each "
              f"(echo: {at_rest[0]['p99']:.2f} ms, Go: "
              f"{at_rest[1]['p99']:.2f} ms)", at_rest[2]["p99"], None, "ms")
    table.add("webhook: reviews per second on one processor (echo: "
              f"{echo['rate']:.0f}, Go: {go['rate']:.0f})",
              round(ours["rate"]), None, "/s")
    return rss


def add_engine(table):
    engine = measure_engine()
    for what, name, target in (
            ("engine alone: one review", "Evaluate", 10),
            ("engine: read the AdmissionReview", "ParseReview", None),
            ("engine: one mutation", "Mutate", None),
            ("inventory: one change and its snapshot", "UpdateInventory",
             None)):
        table.add(what, engine[name], target, "µs")


def add_lint(table):
    large, small = lint_mesh(LARGE), lint_mesh(SMALL)
    single = lint_mesh(LARGE, "-single")
    table.add(f"lint: {LARGE:,} documents in {LARGE // 100} files",
              large["wall"], 0.3, "s")
    table.add(f"lint: {LARGE:,} files of one document", single["wall"], 0.5,
              "s")
    table.add(f"lint: {SMALL:,} documents", small["wall"], None, "s")
    table.add(f"lint: CPU per document, against that of {SMALL:,}",
              (large["cpu"] / LARGE) / (small["cpu"] / SMALL), 1.2, "×")
    table.add(f"lint: peak memory, {LARGE:,} documents", large["MB"], 150, "MB")
    table.add(f"lint: peak memory, {LARGE:,} files", single["MB"], 150, "MB")
    table.add("lint: one file", lint_one_file()["wall"] * 1e3, 20, "ms")


def add_start(table):
    start, empty_rss = measure_start()
    version = statistics.median(wall(MESHVET, "version")
                                for _ in range(STARTS)) * 1e3
    table.add("start-up of serve: process to serving", start, 10, "ms")
    table.add("start-up: meshvet version", version, 10, "ms")
    table.add("resident memory: empty inventory", empty_rss, 20, "MB")


def add_meshes(table, costs):
    table.add(f"webhook: CPU per review, {HUGE:,} objects against {SMALL:,}",
              costs[HUGE][0] / costs[SMALL][0], 1.2, "×")
    table.add(f"resident memory: {HUGE:,} objects, under load", costs[HUGE][1],
              400, "MB")


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    build_reference()
    for count in MESHES:
        shutil.rmtree(DATA / f"mesh-{count}", ignore_errors=True)
        run(BENCH / "generate_mesh", DATA / f"mesh-{count}", count)
    shutil.rmtree(DATA / f"mesh-{LARGE}-single", ignore_errors=True)
    run(BENCH / "generate_mesh", DATA / f"mesh-{LARGE}-single", LARGE, 1)

    table = Targets()
    rss = add_webhook(table)
    add_engine(table)
    add_lint(table)
    add_start(table)
    table.add(f"resident memory: {LARGE:,} objects", rss, 60, "MB")
    costs, meshes = measure_meshes()
    add_meshes(table, costs)
    grid = list(measure_grid())
    reports = list(measure_reports())

    print(f"A VirtualService of 2 KB, {LARGE:,} objects in the inventory, "
          f"all rules on; wrk over TLS keep-alive, {CONNECTIONS} connections, "
          f"server and wrk on a processor each.\n\n{table}\n")
    print("By objects in the inventory, the same review:\n\n" +
          markdown(("objects", "ready s", *FIGURES), meshes, 0) + "\n")
    print(f"{FINDINGS:,} findings in {FINDINGS // 200} files:\n\n" +
          markdown(("command", "s", "CPU s", "peak MB", "MB written"),
                   reports) + "\n")
    print(f"By body and connections, {LARGE:,} objects; refused is what was "
          "told to come again:\n\n" +
          markdown(("body", "connections", "server", *FIGURES),
                   grid, 3))


if __name__ == "__main__":
    main()
