"""What the pages show: each file against the schema of its reader."""

import json
import pathlib
import re
import unittest

import yaml

from repository import ROOT, Repository
from schema import complaints

PAGES = sorted([*(ROOT / "docs/integrations").glob("*.md"),
                ROOT / "docs/tutorial.md", ROOT / "docs/editors.md"])
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.M | re.S)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load(
    (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def files(name):
    """The texts of the files whose names end so, with their pages."""
    return [(f"{page.name}: {shown}", text) for page in PAGES
            for shown, text in FILE.findall(page.read_text(encoding="utf-8"))
            if shown.endswith(name) or pathlib.Path(shown).match(name)]


class PagesTest(unittest.TestCase):

    def test_workflows(self):
        shown = files(".github/workflows/*.yaml")
        self.assertGreaterEqual(len(shown), 3)
        for about, text in shown:
            self.assertEqual(
                complaints("vendor.github-workflows", text), "", about)
        _, text = shown[0]
        self.assertNotEqual(complaints(
            "vendor.github-workflows", text.replace("steps:", "step:")), "")

    def test_the_action_is_given_inputs_it_has(self):
        uses = [step for _, text in files(".github/workflows/*.yaml")
                for job in yaml.safe_load(text)["jobs"].values()
                for step in job["steps"]
                if "/meshvet@" in step.get("uses", "")]
        self.assertTrue(uses)
        for step in uses:
            self.assertLessEqual(set(step["with"]), set(ACTION["inputs"]))

    def test_its_page_has_every_input_and_output(self):
        page = (ROOT / "docs/integrations/github.md").read_text("utf-8")
        for name in [*ACTION["inputs"], *ACTION["outputs"]]:
            self.assertIn(f"\n| `{name}` | ", page)

    def test_gitlab(self):
        shown = files(".gitlab-ci.yml")
        self.assertGreaterEqual(len(shown), 2)
        for about, text in shown:
            self.assertEqual(complaints("vendor.gitlab-ci", text), "", about)

    def test_the_template_is_given_inputs_it_has(self):
        template = yaml.safe_load(next(iter(
            (ROOT / "integrations/gitlab/meshvet.yml").read_text("utf-8")
            .split("\n---\n"))))["spec"]["inputs"]
        included = [one for _, text in files(".gitlab-ci.yml")
                    for one in yaml.safe_load(text).get("include", [])]
        self.assertTrue(included)
        for one in included:
            self.assertTrue((ROOT / one["file"]).is_file())
            self.assertLessEqual(set(one["inputs"]), set(template))
        page = (ROOT / "docs/integrations/gitlab.md").read_text("utf-8")
        for name in template:
            self.assertIn(f"\n| `{name}` | ", page)

    def test_hooks(self):
        shown = files(".pre-commit-config.yaml")
        self.assertTrue(shown)
        ids = {hook["id"] for hook in HOOKS}
        for about, text in shown:
            with Repository({"config.yaml": text}) as repository:
                ran = repository.run("pre-commit", "validate-config",
                                     "config.yaml")
                self.assertEqual((ran.returncode, ran.stdout), (0, ""), about)
            for hook in yaml.safe_load(text)["repos"][0]["hooks"]:
                self.assertIn(hook["id"], ids)


class EditorsTest(unittest.TestCase):
    """docs/editors.md: its commands write the schema its settings name, and
    the schema takes the configuration it shows."""

    PAGE = (ROOT / "docs/editors.md").read_text(encoding="utf-8")

    def setUp(self):
        self.repository = Repository()
        self.addCleanup(self.repository.__exit__)
        blocks = BLOCK.findall(self.PAGE)
        script = next(text for kind, text in blocks if kind == "sh")
        ran = self.repository.run("sh", "-e", "-c", script)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.configurations = [text for kind, text in blocks if kind == "yaml"]
        self.settings = [json.loads(text) for kind, text in blocks
                         if kind == "json"]

    def refused(self, text, schema):
        return complaints(str(self.repository.path / schema), text)

    def test_the_modeline_names_the_schema_that_takes_it(self):
        self.assertTrue(self.configurations)
        for text in self.configurations:
            schema = re.search(r"\$schema=(\S+)", text)[1]
            self.assertEqual(self.refused(text, schema), "")
            self.assertIn("ruls", self.refused(text + "ruls: {}\n", schema))

    def test_the_settings_name_the_schema_of_the_files(self):
        settings = next(one for one in self.settings if "yaml.schemas" in one)
        (schema, names), = settings["yaml.schemas"].items()
        self.assertEqual(names, [".meshvet.yaml", ".meshvet.yml"])
        begun = self.repository.run("meshvet", "config", "init")
        self.assertEqual(begun.returncode, 0, begun.stdout)
        self.assertEqual(
            self.refused(self.repository.read(names[0]), schema), "")


if __name__ == "__main__":
    unittest.main()
