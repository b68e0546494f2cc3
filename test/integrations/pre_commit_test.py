"""The hooks, run by pre-commit when a user commits."""

import unittest

import yaml

from repository import (BAD_ROUTE, CONFIG, ENTRY, GOOD_ROUTE, ROOT, SERVICE,
                        Repository)

HOOKS = ROOT / ".pre-commit-hooks.yaml"


class PreCommitTest(unittest.TestCase):

    def setUp(self):
        # pre-commit clones the project at a revision; only this file counts.
        self.project = Repository(
            {".pre-commit-hooks.yaml": HOOKS.read_text(encoding="utf-8")})
        self.project.git("tag", "v1.0.0")
        self.addCleanup(self.project.__exit__)

    def user(self, *hooks):
        repository = Repository({
            ".meshvet.yaml": CONFIG, "platform/cart.yaml": SERVICE,
            "package.json": "{}\n",
            ".pre-commit-config.yaml": yaml.safe_dump({"repos": [
                {"repo": str(self.project.path), "rev": "v1.0.0",
                 "hooks": list(hooks)}]})})
        self.addCleanup(repository.__exit__)
        installed = repository.run("pre-commit", "install")
        self.assertEqual(installed.returncode, 0, installed.stdout)
        return repository

    def commit(self, repository, name, text):
        repository.write(name, text)
        repository.git("add", name)
        return repository.run("git", "commit", "--message", "Change")

    def test_the_hooks_are_well_formed(self):
        with Repository({"hooks.yaml": HOOKS.read_text(encoding="utf-8")}) as r:
            valid = r.run("pre-commit", "validate-manifest", "hooks.yaml")
            self.assertEqual((valid.returncode, valid.stdout), (0, ""))
        ids = [hook["id"] for hook in yaml.safe_load(HOOKS.read_text())]
        self.assertEqual(ids, ["meshvet", "meshvet-fix"])

    def test_a_bad_commit_is_refused_with_the_finding(self):
        repository = self.user({"id": "meshvet"})
        before = repository.git("rev-parse", "HEAD")
        ran = self.commit(repository, "deploy/cart.yaml", BAD_ROUTE)
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn(
            'deploy/cart.yaml:7:36: error[virtual-service-unknown-host]: host '
            '"crat" is neither a Service nor a ServiceEntry host (did you mean '
            '"cart.shop.svc.cluster.local"?)', ran.stdout)
        self.assertEqual(repository.git("rev-parse", "HEAD"), before)

    def test_what_a_good_commit_refers_to_is_found(self):
        repository = self.user({"id": "meshvet"})
        before = repository.git("rev-parse", "HEAD")
        ran = self.commit(repository, "deploy/cart.yaml", GOOD_ROUTE)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertRegex(ran.stdout, r"meshvet\.+Passed")
        self.assertNotEqual(repository.git("rev-parse", "HEAD"), before)

    def test_only_what_is_committed_is_judged(self):
        repository = self.user({"id": "meshvet"})
        repository.write("deploy/old.yaml", BAD_ROUTE)
        repository.commit("Old")
        ran = self.commit(repository, "deploy/till.yaml", SERVICE)
        self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_what_is_no_manifest_passes(self):
        repository = self.user({"id": "meshvet"}, {"id": "meshvet-fix"})
        ran = self.commit(repository, "package.json", '{"name": "shop"}\n')
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertRegex(ran.stdout, r"meshvet\.+Passed")
        self.assertRegex(ran.stdout, r"meshvet fix\.+Passed")

    def test_arguments_of_the_user_are_taken(self):
        repository = self.user({"id": "meshvet", "args": [
            "--severity", "virtual-service-unknown-host=info"]})
        ran = self.commit(repository, "deploy/cart.yaml", BAD_ROUTE)
        self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_fix_mends_and_the_next_commit_passes(self):
        repository = self.user({"id": "meshvet-fix"}, {"id": "meshvet"})
        ran = self.commit(repository, "till.yaml", ENTRY)
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertIn("files were modified by this hook", ran.stdout)
        self.assertEqual(repository.read("till.yaml"), ENTRY.replace(
            "canonical-revision: v2\n",
            "canonical-revision: v2\n    app: till\n    version: v2\n"))
        repository.git("add", "till.yaml")
        ran = repository.run("git", "commit", "--message", "Change")
        self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_fix_leaves_to_the_other_hook_what_it_cannot_mend(self):
        repository = self.user({"id": "meshvet-fix"})
        ran = self.commit(repository, "deploy/cart.yaml", BAD_ROUTE)
        self.assertEqual(ran.returncode, 0, ran.stdout)


if __name__ == "__main__":
    unittest.main()
