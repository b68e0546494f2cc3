"""The servers that scripts/bench.py measures, and what drives them."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
BENCH = BUILD / "test" / "bench"
DATA = ROOT / "build" / "bench"
MESHVET = BUILD / "meshvet"

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


GIVEN_PORTS = set()


def free_port():
    while True:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        # The kernel may give one again that nobody has bound yet.
        if port not in GIVEN_PORTS:
            GIVEN_PORTS.add(port)
            return port


def is_listening(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def resident_megabytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


@contextlib.contextmanager
def on_processor(cpu):
    """We, and what is started meanwhile, run on one processor only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def spawn(*command, **streams):
    """When it was started, and the process, on the server's processor."""
    with on_processor(SERVER_CPU):
        started = time.perf_counter()
        return started, subprocess.Popen([str(c) for c in command],
                                         stdin=subprocess.DEVNULL, **streams)


class Server:
    """A server process of ours; leaves nothing behind."""

    def __init__(self, *command, port):
        self.port = port
        self.log = open(DATA / "server.log", "wb+")
        self.started, self.process = spawn(*command, stdout=self.log,
                                           stderr=self.log)

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
        """Seconds from the start of the process until `ready()`; who asks
        takes no time from the server."""
        with on_processor(LOAD_CPU):
            while not ready():
                if (self.process.poll() is not None or
                        time.perf_counter() - self.started > 30):
                    self.fail()
                time.sleep(0.0002)
        return time.perf_counter() - self.started

    def fail(self):
        self.log.seek(0)
        text = self.log.read()[-2000:].decode(errors="replace")
        sys.exit(f"bench: {self.process.args} is not ready:\n{text}")

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_megabytes(self):
        return resident_megabytes(self.process.pid)


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


def reference(mesh=None):
    """The webhook of test/bench/reference."""
    port = free_port()
    command = [DATA / "reference", f"127.0.0.1:{port}", DATA / "tls.crt",
               DATA / "tls.key", *([mesh] if mesh else [])]
    return Server(*command, port=port)


def build_reference():
    run("bash", "-euc", "fail() { echo \"bench: $1\" >&2; exit 1; }; "
        ". scripts/find_go.sh; cd test/bench/reference; "
        f"CGO_ENABLED=0 exec go build -trimpath -o {DATA}/reference .")
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-days", 1, "-subj",
        "/CN=localhost", "-keyout", DATA / "tls.key", "-out",
        DATA / "tls.crt")


def drive(server, review, seconds, connections=16, may_refuse=False, rest=()):
    """One run of wrk: CPU µs per request, requests a second, latencies in ms,
    and what part was refused for want of room. Nothing if there was no answer
    at all, where that may be. `rest`: for how many ms each connection rests
    before a request."""
    before = server.cpu_seconds()
    text = run("taskset", "-c", LOAD_CPU, "wrk", "--threads", 1,
               "--connections", connections, "--duration", f"{seconds}s",
               "--timeout", "10s", "--script", ROOT / "test/bench/review.lua",
               f"https://127.0.0.1:{server.port}/validate", "--", review, *rest)
    cpu = server.cpu_seconds() - before
    result = json.loads(re.search(r"^result (.*)$", text, re.MULTILINE)[1])
    requests = result["requests"]
    if not requests and may_refuse:
        return None
    if not may_refuse and (not requests or result["refused"] or
                           result["broken"]):
        sys.exit(f"bench: {server.process.args} gave errors, its end: "
                 f"{server.process.poll()}:\n{text}")
    return {
        "cpu": cpu / requests * 1e6,
        "rate": requests / result["seconds"],
        "refused": (result["refused"] + result["broken"]) / requests,
        **{name: result[name] for name in ("p50", "p99", "p99.9")},
    }
