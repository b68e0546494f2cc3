// Lints all kinds of files and validates what the program writes.
//
//   node check.cjs PROGRAM FOLDER_OF_THE_PACKAGES

"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const formats = require("ajv-formats");

const { forEachInput, inAwkwardFolder } = require("./inputs.cjs");

const [program, tools] = process.argv.slice(2).map((p) => path.resolve(p));
const root = process.cwd();

function read(file) {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

function compile(Ajv, schema) {
  const ajv = new Ajv({ strict: false, allErrors: true,
                        // The official schema has a pattern that is none
                        // under the Unicode rules.
                        unicodeRegExp: false });
  formats(ajv);
  return ajv.compile(schema);
}

const isSarif = compile(
  require("ajv-draft-04"),
  read(path.join(tools, "node_modules/@microsoft/jest-sarif/lib/schemas",
                 "sarif-2.1.0-rtm.5.json")));
const isJson = compile(require("ajv/dist/2020"),
                       read(path.join(root, "docs/report.schema.json")));

// The schema of the configuration is one to a strict validator, too.
const isConfig = compile(require("ajv/dist/2020"),
                         read(path.join(root, "docs/config.schema.json")));
const config = { apiVersion: "meshvet.dev/v1alpha1", kind: "Config" };
assert.ok(isConfig({ ...config, rules: { IST0101: "error" } }));
assert.ok(!isConfig({ ...config, rules: { IST0101: "grave" } }));
assert.ok(!isConfig({ ...config, ruls: {} }));

function lint(folder, args) {
  const ran = spawnSync(program, ["lint", "-q", ...args],
                        { cwd: folder, encoding: "utf8",
                          maxBuffer: 1 << 28 });
  assert.ok([0, 1, 2, 3].includes(ran.status),
            `${args}: exit ${ran.status} ${ran.stderr}`);
  assert.ok(ran.stdout, `${folder}: ${args}: nothing written: ${ran.stderr}`);
  return JSON.parse(ran.stdout);
}

function validate(check, report, about) {
  if (check(report)) return;
  console.error(`formats-check: ${about}:`);
  for (const error of check.errors.slice(0, 10)) {
    console.error(`  ${error.instancePath} ${error.message}`);
  }
  process.exit(1);
}

// What has been seen in all reports together: a check of nothing is none.
const seen = { logs: 0, results: 0, fixes: 0, relatedLocations: 0,
               suppressions: 0, toolExecutionNotifications: 0, clean: 0 };

function count(log) {
  const run = log.runs[0];
  seen.logs += 1;
  seen.results += run.results.length;
  seen.clean += run.results.length === 0 ? 1 : 0;
  seen.toolExecutionNotifications +=
    run.invocations[0].toolExecutionNotifications.length;
  for (const result of run.results) {
    for (const part of ["fixes", "relatedLocations", "suppressions"]) {
      if (part in result) seen[part] += 1;
    }
  }
}

function checkOne(folder, paths) {
  const about = `${path.relative(root, folder)} ${paths.join(" ")}`;
  const log = lint(folder, ["-o", "sarif", "--sarif-include-suppressed",
                            "--allow-empty", ...paths]);
  validate(isSarif, log, `SARIF of ${about}`);
  count(log);
  validate(isJson, lint(folder, ["-o", "json", "--allow-empty", ...paths]),
           `JSON of ${about}`);
}

// The validators can refuse.
function checkThatMistakesAreSeen(folder) {
  const log = lint(folder, ["-o", "sarif", "twice.yaml"]);
  assert.ok(isSarif(log));
  const mistakes = [
    (run) => { run.results[0].locations[0].physicalLocation.region
                 .startLine = 0; },
    (run) => { run.results[0].level = "grave"; },
    (run) => { run.results[0].fixes = [{ artifactChanges: null }]; },
    (run) => { delete run.tool.driver.name; },
    (run) => { run.tool.driver.rules[0].helpUri = "not a uri"; },
  ];
  for (const mistake of mistakes) {
    const wrong = structuredClone(log);
    mistake(wrong.runs[0]);
    assert.ok(!isSarif(wrong), `passes: ${mistake}`);
  }
}

forEachInput(root, checkOne);
inAwkwardFolder(checkThatMistakesAreSeen);
for (const [part, number] of Object.entries(seen)) {
  assert.ok(number > 0, `no report had ${part}`);
}
console.log(`formats-check: ${seen.logs} SARIF logs with ${seen.results} ` +
            `results, ${seen.fixes} fixes, ${seen.suppressions} suppressions ` +
            "fit the schema");
