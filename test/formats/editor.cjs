// Opens a configuration as an editor does: docs/editors.md prints the schema,
// and yaml-language-server, which is told of it by the line in the file or by
// the settings, says what is wrong.
//
//   node editor.cjs PROGRAM FOLDER_OF_THE_PACKAGES

"use strict";

const assert = require("node:assert");
const { execFileSync, spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

const rpc = require("vscode-jsonrpc/node");

const [program, tools] = process.argv.slice(2).map((p) => path.resolve(p));
const page = fs.readFileSync("docs/editors.md", "utf8");

function block(language) {
  return page.split("```" + language + "\n")[1].split("```")[0];
}

class Editor {
  constructor(folder) {
    this.folder = folder;
    this.settings = {};
    this.server = spawn(
      process.execPath,
      [path.join(tools, "node_modules/yaml-language-server/bin",
                 "yaml-language-server"), "--stdio"],
      { stdio: ["pipe", "pipe", "inherit"] });
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.server.stdout),
      new rpc.StreamMessageWriter(this.server.stdin));
    this.waiting = new Map();
    this.connection.onNotification(
      "textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
        this.waiting.get(uri)?.(diagnostics.map((one) => one.message));
      });
    this.connection.onRequest("workspace/configuration", ({ items }) =>
      items.map(({ section }) => section === "yaml" ? this.settings : null));
    this.connection.onRequest("client/registerCapability", () => null);
    this.connection.listen();
  }

  async start(schemas) {
    const uri = pathToFileURL(this.folder).href;
    this.settings = { validate: true, schemas, schemaStore: { enable: false } };
    await this.connection.sendRequest("initialize", {
      processId: process.pid, rootUri: uri,
      workspaceFolders: [{ uri, name: "repository" }],
      capabilities: { workspace: { configuration: true,
                                   workspaceFolders: true } },
    });
    await this.connection.sendNotification("initialized", {});
    await this.connection.sendNotification(
      "workspace/didChangeConfiguration",
      { settings: { yaml: this.settings } });
  }

  // What the server says of a new file, once that is `wanted`. It may say
  // something before it has read its settings.
  async open(name, text, wanted) {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, text);
    const uri = pathToFileURL(file).href;
    let last = "nothing";
    const limit = setTimeout(() => {
      console.error(`formats-check: of ${name} the server said: ${last}`);
      process.exit(1);
    }, 60000);
    const said = new Promise((resolve) => {
      this.waiting.set(uri, (messages) => {
        last = messages;
        if (wanted(messages)) resolve(messages);
      });
    });
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text } });
    await said;
    clearTimeout(limit);
  }

  stop() {
    this.connection.dispose();
    this.server.kill();
  }
}

async function check(schemas, good) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meshvet-editor-"));
  const editor = new Editor(folder);
  try {
    const schema = execFileSync(program, ["config", "schema"]);
    fs.writeFileSync(path.join(folder, ".meshvet.schema.json"), schema);
    await editor.start(schemas);
    // Both names that the settings have. What is wrong first: when the server
    // sees it, it has the schema.
    await editor.open(
      ".meshvet.yml", good + "ruls: {}\nrules: {no-such-rule: error}\n",
      (messages) => messages.length === 2 &&
        messages.some((one) => one.includes("ruls")) &&
        messages.some((one) => one.includes("no-such-rule")));
    await editor.open(".meshvet.yaml", good,
                      (messages) => messages.length === 0);
  } finally {
    editor.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

async function main() {
  const shown = block("yaml");
  const modeline = shown.split("\n")[0];
  assert.ok(modeline.startsWith("# yaml-language-server: "), modeline);
  await check({}, shown);
  await check(JSON.parse(block("json"))["yaml.schemas"],
              shown.slice(modeline.length + 1));
  console.log("formats-check: editors see what is wrong in a configuration");
}

main();
