"""A git repository of a user, and commands that run in it."""

import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

GOOD_ROUTE = """\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec:
  hosts: [cart]
  http:
    - route: [{destination: {host: cart}}]
"""
BAD_ROUTE = GOOD_ROUTE.replace("host: cart", "host: crat")
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
"""
CONFIG = """\
apiVersion: meshvet.dev/v1alpha1
kind: Config
context: {closedNamespaces: [shop]}
"""
ENTRY = """\
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata:
  name: till   # in the cellar
  namespace: shop
  labels:
    service.istio.io/canonical-name: till
    service.istio.io/canonical-revision: v2
spec: {address: 10.0.0.1}
"""


class Repository:
    """A repository in a folder of its own; `with` removes it."""

    def __init__(self, files=None):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="meshvet-"))
        self.path = self.home / "repository"
        self.path.mkdir()
        (self.home / ".gitconfig").write_text(
            "[user]\n  name = you\n  email = you@example.com\n",
            encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main")
        for name, text in (files or {}).items():
            self.write(name, text)
        if files:
            self.commit("Begin")

    @classmethod
    def with_old_fault(cls):
        """One whose deploy/old.yaml has been wrong all along."""
        return cls({".meshvet.yaml": CONFIG,
                    "deploy/service.yaml": SERVICE,
                    "deploy/old.yaml": BAD_ROUTE.replace("name: cart",
                                                         "name: old")})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def write(self, name, text):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.path / name).read_text(encoding="utf-8")

    def run(self, *command, **variables):
        """Runs a command here; its output and errors are one text."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home),
                       "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
                       "PRE_COMMIT_HOME": str(self.home / "pre-commit")}
        return subprocess.run(
            command, cwd=self.path, env=environment | variables, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False)

    def git(self, *arguments):
        ran = self.run("git", *arguments)
        if ran.returncode != 0:
            raise AssertionError(f"git {arguments}: {ran.stdout}")
        return ran.stdout

    def commit(self, message):
        """Commits all there is, past any hook."""
        self.git("add", ".")
        self.git("commit", "--quiet", "--no-verify", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

