"""The composite action: its shape, and its steps as a runner takes them."""

import json
import re
import shutil
import unittest

import yaml

from repository import BAD_ROUTE, GOOD_ROUTE, ROOT, Repository
from schema import complaints

TEXT = (ROOT / "action.yml").read_text(encoding="utf-8")
ACTION = yaml.safe_load(TEXT)


class Runner:
    """Carries out the steps of the action in a repository. Knows of the
    expressions only those that the action has; `uses` is noted, not run."""

    def __init__(self, repository, inputs=None, variables=None):
        self.repository = repository
        self.inputs = {name: one.get("default", "")
                       for name, one in ACTION["inputs"].items()}
        self.inputs |= inputs or {}
        self.outputs = {}  # of the steps: (id, name) -> value
        self.used = []     # (action, its inputs)
        self.log = ""
        self.temp = repository.home / "temp"
        self.temp.mkdir()
        self.variables = {
            "CI": "true", "GITHUB_ACTIONS": "true",
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(repository.path),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "GITHUB_OUTPUT": str(self.temp / "output")} | (variables or {})

    def run(self):
        """The exit code of the first step that fails, or 0."""
        failed = 0
        for step in ACTION["runs"]["steps"]:
            if not self.wants(step.get("if", ""), failed):
                continue
            if "uses" in step:
                given = {k: self.fill(v) for k, v in step["with"].items()}
                self.used.append((step["uses"], given))
                continue
            status = self.run_shell(step)
            failed = failed or status
        return failed

    def run_shell(self, step):
        assert step["shell"] == "bash"
        script = self.temp / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        output = self.temp / "output"
        output.write_text("", encoding="utf-8")
        variables = {k: self.fill(v) for k, v in step.get("env", {}).items()}
        # As the runner calls `shell: bash`.
        ran = self.repository.run(
            "bash", "--noprofile", "--norc", "-e", "-o", "pipefail",
            str(script), **(self.variables | variables))
        self.log += ran.stdout
        for line in output.read_text(encoding="utf-8").splitlines():
            name, value = line.split("=", 1)
            self.outputs[step["id"], name] = value
        return ran.returncode

    def value(self, expression):
        parts = expression.strip().split(".")
        if parts[0] == "inputs" and len(parts) == 2:
            return self.inputs[parts[1]]
        if parts[0] == "steps" and parts[2] == "outputs":
            return self.outputs.get((parts[1], parts[3]), "")
        raise AssertionError(f"an expression the test does not know: {parts}")

    def fill(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda m: self.value(m[1]), text)

    def wants(self, condition, failed):
        always = condition.startswith("always() && ")
        if failed and not always:
            return False
        condition = condition.removeprefix("always() && ")
        if not condition:
            return True
        left, right = condition.split(" != ")
        assert right == "''", condition
        return self.value(left) != ""

    def summary(self):
        return (self.temp / "summary").read_text(encoding="utf-8")


class ActionTest(unittest.TestCase):

    def repository(self, change):
        """As checked out for a pull request that brings deploy/cart.yaml."""
        repository = Repository.with_old_fault()
        self.addCleanup(repository.__exit__)
        repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
        repository.git("switch", "--quiet", "--create", "change")
        repository.write("deploy/cart.yaml", change)
        repository.commit("Change")
        return repository

    def runner(self, change, inputs=None, base="main"):
        variables = {"GITHUB_BASE_REF": base} if base else {}
        return Runner(self.repository(change), inputs, variables)

    def test_the_file_is_one(self):
        self.assertEqual(complaints("vendor.github-actions", TEXT), "")
        broken = TEXT.replace("using: composite", "using: composit")
        self.assertIn("composit", complaints("vendor.github-actions", broken))

    def test_inputs_are_never_part_of_a_script(self):
        for step in ACTION["runs"]["steps"]:
            self.assertNotIn("${{", step.get("run", ""), step["name"])

    def test_a_bad_change_fails_and_is_shown_everywhere(self):
        runner = self.runner(BAD_ROUTE, {"category": "shop"})
        self.assertEqual(runner.run(), 1, runner.log)
        self.assertEqual(runner.outputs["vet", "exit-code"], "1")
        self.assertIn("::error file=deploy/cart.yaml,line=7,endLine=7,col=36,",
                      runner.log)
        self.assertNotIn("deploy/old.yaml", runner.log)
        self.assertTrue(runner.summary().startswith("### meshvet: 1 error"),
                        runner.summary())
        report = str(runner.temp / "meshvet.sarif")
        self.assertEqual(runner.used, [
            ("github/codeql-action/upload-sarif@v3",
             {"sarif_file": report, "category": "shop"})])
        with open(report, encoding="utf-8") as file:
            run = json.load(file)["runs"][0]
        self.assertEqual([one["ruleId"] for one in run["results"]],
                         ["virtual-service-unknown-host"])
        self.assertEqual(run["automationDetails"]["id"], "meshvet/shop/")

    def test_a_good_change_passes_and_is_uploaded_too(self):
        runner = self.runner(GOOD_ROUTE)
        self.assertEqual(runner.run(), 0, runner.log)
        self.assertEqual(runner.outputs["vet", "exit-code"], "0")
        self.assertEqual(len(runner.used), 1)

    def test_without_a_pull_request_everything_counts(self):
        runner = self.runner(GOOD_ROUTE, base=None)
        self.assertEqual(runner.run(), 1, runner.log)
        self.assertIn("::error file=deploy/old.yaml", runner.log)
        runner = self.runner(GOOD_ROUTE, {"base": "none"})
        self.assertEqual(runner.run(), 1, runner.log)

    def test_another_base_can_be_given(self):
        runner = self.runner(GOOD_ROUTE, {"base": "HEAD~1"}, base=None)
        self.assertEqual(runner.run(), 0, runner.log)

    def test_sarif_can_be_left_out(self):
        runner = self.runner(BAD_ROUTE, {"sarif": "false"})
        self.assertEqual(runner.run(), 1, runner.log)
        self.assertEqual(runner.used, [])

    def test_arguments_are_words(self):
        runner = self.runner(
            BAD_ROUTE, {"args": "deploy/\n--severity\n"
                                "virtual-service-unknown-host=info  --no-ci"})
        self.assertEqual(runner.run(), 0, runner.log)
        self.assertNotIn("::error", runner.log)
        runner = self.runner(BAD_ROUTE, {"args": "$(touch${IFS}x) `touch x` *"})
        self.assertEqual(runner.run(), 2, runner.log)
        self.assertIn("$(touch${IFS}x)", runner.log)
        self.assertFalse((runner.repository.path / "x").exists())

    def test_a_mistake_uploads_nothing(self):
        runner = self.runner(BAD_ROUTE, {"args": "--no-such-flag"})
        self.assertEqual(runner.run(), 2, runner.log)
        self.assertEqual(runner.outputs["vet", "exit-code"], "2")
        self.assertEqual(runner.used, [])

    def test_the_version_is_held_to(self):
        runner = self.runner(GOOD_ROUTE)
        found = runner.repository.run("meshvet", "version").stdout.split()[1]
        for version, status in ((found, 0), ("99.0.0", 2), ("0", 2)):
            runner = self.runner(GOOD_ROUTE, {"version": version})
            self.assertEqual(runner.run(), status, runner.log)
        self.assertIn("::error title=meshvet::version 0 is wanted, and meshvet "
                      + found + " is here\n", runner.log)

    def with_commands(self, runner, **commands):
        """PATH of what the steps need and these scripts."""
        folder = runner.repository.home / "bin"
        folder.mkdir()
        for name in ("bash", "git", "head", "realpath", "rm", "cat"):
            (folder / name).symlink_to(shutil.which(name))
        for name, script in commands.items():
            file = folder / name.replace("_", "-")
            file.write_text("#!/usr/bin/env bash\n" + script, encoding="utf-8")
            file.chmod(0o755)
        (folder / "env").symlink_to(shutil.which("env"))
        runner.variables["PATH"] = str(folder)
        return runner

    def test_a_runner_without_it_is_told_so(self):
        runner = self.with_commands(self.runner(GOOD_ROUTE))
        self.assertEqual(runner.run(), 2, runner.log)
        self.assertEqual(runner.log, "::error title=meshvet::not on this "
                         "runner: give the input package, or install it in a "
                         "step before\n")

    def test_a_package_is_installed_first(self):
        # What apt-get is told to install is what is there afterwards.
        runner = self.with_commands(
            self.runner(GOOD_ROUTE, {"package": "meshvet 1.deb"}),
            sudo='exec "$@"\n',
            apt_get='echo "apt-get $*"\n'
                    'cat "${@: -1}" >"$(dirname "$0")/meshvet"\n')
        folder = runner.repository.home / "bin"
        (folder / "dirname").symlink_to(shutil.which("dirname"))
        (folder / "meshvet").touch(0o755)
        runner.repository.write(
            "meshvet 1.deb",
            f'#!/usr/bin/env bash\nexec {shutil.which("meshvet")} "$@"\n')
        self.assertEqual(runner.run(), 0, runner.log)
        self.assertIn("apt-get install --yes --no-install-recommends "
                      f"{runner.repository.path}/meshvet 1.deb\n", runner.log)


if __name__ == "__main__":
    unittest.main()
