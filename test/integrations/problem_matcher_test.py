"""The problem matchers, by the regular expressions of ECMAScript, over what the
program prints."""

import json
import re
import unittest

import regress

from repository import ROOT, Repository

MATCHERS = json.loads((ROOT / "integrations/github/problem-matcher.json")
                      .read_text(encoding="utf-8"))["problemMatcher"]
NAMES = ["plain.yaml", "with blanks.yaml", "c:\\x.yaml", "a:1:2.yaml",
         "a:1:2: b.yaml", "[x]: y.yaml", "error[x].yaml", "ü\u4e16.yaml",
         "-q.yaml", "(((((.yaml", "%0A::error::x.yaml"]
# Shown with their characters spelt out.
AWKWARD = {"line\nend.yaml": "line\\x0aend.yaml", "esc\x1b[2J.yaml":
           "esc\\x1b[2J.yaml", "\u202eturned.yaml": "\\u{202e}turned.yaml"}
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
FLAWED = (SERVICE + "---\n" + SERVICE +
          "---\napiVersion: networking.istio.io/v1\nkind: Gatway\n"
          "metadata: {name: 'a: error[x]: b]>'}\n")


def task_matchers():
    """Of the task that docs/editors.md shows, in the shape of the others."""
    page = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    for text in re.findall(r"^```json\n(.*?)^```$", page, re.M | re.S):
        for task in json.loads(text).get("tasks", []):
            matcher = task["problemMatcher"]
            yield matcher | {"pattern": [matcher["pattern"]]}


def match(line, matchers):
    """What each matcher finds in a line, by the names of its groups."""
    found = []
    for matcher in matchers:
        pattern = matcher["pattern"][0]
        hit = regress.Regex(pattern["regexp"]).find(line)
        if hit is None:
            continue
        issue = {key: hit.group(pattern[key]) for key in pattern
                 if key != "regexp"}
        for key, where in issue.items():
            issue[key] = line.encode()[where.start:where.stop].decode()
        issue.setdefault("severity", matcher.get("severity"))
        found.append(issue)
    return found


class ProblemMatcherTest(unittest.TestCase):

    def test_they_say_what_runners_read(self):
        self.assertEqual(len({one["owner"] for one in MATCHERS}), 2)
        for matcher in MATCHERS:
            self.assertIn(matcher.get("severity", "error"),
                          ("error", "warning", "notice"))
            self.assertEqual(len(matcher["pattern"]), 1)

    def test_every_line_is_one_problem_whatever_the_names(self):
        lines, findings = self.lint_awkward_names()
        self.assertEqual(
            self.severities(lines, findings, MATCHERS, "notice"),
            {"error", "warning", "notice"})
        task = list(task_matchers())
        self.assertEqual(len(task), 1)
        self.assertEqual(self.severities(lines, findings, task, "info"),
                         {"error", "warning", "info"})

    def lint_awkward_names(self):
        files = {name: FLAWED for name in [*NAMES, *AWKWARD]}
        files["template.yaml"] = "{{ .Values.x }}\n"
        with Repository(files) as repository:
            ran = repository.run("meshvet", "lint", "-q", "-o", "concise",
                                 "-o", "json=report", ".")
            report = json.loads(repository.read("report"))
        lines = ran.stdout.splitlines()
        findings = report["findings"]
        self.assertEqual(len(lines), len(findings), ran.stdout)
        self.assertGreaterEqual(len(lines), 2 * len(files))
        return lines, findings

    def severities(self, lines, findings, matchers, info):
        """Those seen; each line has to be the problem of its finding."""
        seen = set()
        for line, finding in zip(lines, findings):
            issues = match(line, matchers)
            self.assertEqual(len(issues), 1, line)
            issue = issues[0]
            start = finding["range"]["start"]
            self.assertEqual(
                (issue["file"], issue["line"], issue["column"], issue["code"]),
                (AWKWARD.get(finding["file"], finding["file"]),
                 str(start["line"]), str(start["column"]), finding["rule"]))
            self.assertEqual(issue["severity"],
                             finding["severity"].replace("info", info))
            self.assertTrue(issue["message"])
            seen.add(issue["severity"])
        return seen

    def test_nothing_else_is_a_problem(self):
        for line in ["1 error, 2 warnings in 1 file (2 objects)",
                     "meshvet: a.yaml: cannot be read",
                     "  ┌─ Gateway shop/a", "skipped: 1 path (1 hidden)",
                     "a.yaml:1:2: fatal[x]: y", "a.yaml:1: error[x]: y"]:
            self.assertEqual(match(line, [*MATCHERS, *task_matchers()]), [],
                             line)


if __name__ == "__main__":
    unittest.main()
