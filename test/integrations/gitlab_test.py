"""The template: its shape, and its script as a runner takes it."""

import json
import re
import unittest
import xml.etree.ElementTree

import yaml

from repository import BAD_ROUTE, GOOD_ROUTE, ROOT, Repository
from schema import complaints

TEXT = (ROOT / "integrations/gitlab/meshvet.yml").read_text(encoding="utf-8")
HEAD, JOBS = TEXT.split("\n---\n")


def filled(**given):
    """The jobs with their inputs, as GitLab puts them in before it reads."""
    inputs = yaml.safe_load(HEAD)["spec"]["inputs"]
    values = {name: (one or {}).get("default") for name, one in inputs.items()}
    unknown = set(given) - set(values)
    assert not unknown, unknown
    values |= given
    missing = [name for name, value in values.items() if value is None]
    assert not missing, missing
    return re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda m: values[m[1]], JOBS)


class GitlabTest(unittest.TestCase):

    def repository(self, change):
        repository = Repository.with_old_fault()
        self.addCleanup(repository.__exit__)
        repository.write("deploy/cart.yaml", change)
        repository.commit("Change")
        return repository

    def run_job(self, repository, inputs=None, **variables):
        job = yaml.safe_load(filled(image="meshvet", **(inputs or {})))["meshvet"]
        # sh, since an image need not have bash.
        return repository.run("sh", "-e", "-c", "\n".join(job["script"]),
                              CI="true", GITLAB_CI="true", **variables)

    def base_of(self, repository):
        return repository.git("rev-parse", "HEAD~1").strip()

    def codes(self, repository):
        report = json.loads(repository.read("gl-code-quality-report.json"))
        return [(one["check_name"], one["location"]["path"]) for one in report]

    def test_the_file_is_one(self):
        jobs = filled(image="meshvet")
        self.assertEqual(complaints("vendor.gitlab-ci", jobs), "")
        broken = jobs.replace("codequality:", "codequalty:")
        self.assertIn("codequalty", complaints("vendor.gitlab-ci", broken))
        self.assertEqual(complaints("vendor.gitlab-ci", HEAD), "")
        broken = HEAD.replace("  inputs:", "  inputs: 3 #")
        self.assertNotEqual(complaints("vendor.gitlab-ci", broken), "")

    def test_a_bad_change_fails_with_its_reports(self):
        repository = self.repository(BAD_ROUTE)
        ran = self.run_job(
            repository,
            CI_MERGE_REQUEST_DIFF_BASE_SHA=self.base_of(repository))
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertEqual(self.codes(repository), [
            ("virtual-service-unknown-host", "deploy/cart.yaml")])
        tests = xml.etree.ElementTree.fromstring(repository.read("meshvet.xml"))
        self.assertEqual(tests.get("failures"), "1")

    def test_a_good_change_passes_with_its_reports(self):
        repository = self.repository(GOOD_ROUTE)
        ran = self.run_job(
            repository,
            CI_MERGE_REQUEST_DIFF_BASE_SHA=self.base_of(repository))
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertEqual(self.codes(repository), [])

    def test_outside_merge_requests_everything_counts(self):
        repository = self.repository(GOOD_ROUTE)
        ran = self.run_job(repository)
        self.assertEqual(ran.returncode, 1, ran.stdout)
        self.assertEqual(self.codes(repository), [
            ("virtual-service-unknown-host", "deploy/old.yaml")])

    def test_arguments_are_given_on(self):
        repository = self.repository(BAD_ROUTE)
        ran = self.run_job(repository,
                           {"args": "deploy/service.yaml --fail-on info"})
        self.assertEqual(ran.returncode, 0, ran.stdout)

    def test_each_report_is_an_artifact_whatever_comes_of_the_job(self):
        job = yaml.safe_load(filled(image="meshvet"))["meshvet"]
        self.assertEqual(job["artifacts"]["when"], "always")
        for report in job["artifacts"]["reports"].values():
            self.assertIn("=" + report, job["script"][0])


if __name__ == "__main__":
    unittest.main()
