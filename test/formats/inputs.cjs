// What is linted to see each format: all kinds of files, and all kinds of
// findings about them.
//
//   forEachInput(root, (folder, args) => …);  // `lint` with args, in folder

"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

// A suppressed finding, a fix, another place, a file that cannot be read, and
// every character that has a meaning somewhere.
function writeAwkwardFiles(folder) {
  const files = {
    "twice.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n" +
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
    "ä b#?%:\u{1F600}.yaml":
      '{"\u{1F600}": 1, apiVersion: networking.istio.io/v1, kind: Gatway,' +
      ' metadata: {name: "a]]>\\e[2J\\u202e##[error]"}}\n',
    "agreed.yaml":
      "apiVersion: networking.istio.io/v1\nkind: VirtualService\n" +
      "metadata:\n  name: v\n  namespace: shop\n" +
      "spec: {hosts: [h], http: [{route: [{destination: " +
      "{host: h.y.svc.cluster.local}}]}]}\n",
    "comment.yaml":
      "# meshvet:ignore unknown-kind -- \u{1F600}\n" +
      "apiVersion: networking.istio.io/v1\nkind: Gatway\n" +
      "metadata: {name: c}\n",
    "empty.yaml": "",
    "broken.yaml": "a: [\n",
    "policy.yaml":
      "apiVersion: meshvet.dev/v1alpha1\nkind: Config\n" +
      "suppressions:\n  entries:\n" +
      "    - {rule: virtual-service-cross-namespace-host, " +
      "object: VirtualService/shop/v, reason: agreed}\n",
  };
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), text);
  }
}

function inAwkwardFolder(visit) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "meshvet-formats-"));
  try {
    writeAwkwardFiles(folder);
    visit(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function forEachInput(root, visit) {
  inAwkwardFolder((folder) => {
    visit(folder, [".", "/proc/self/mem"]);
    visit(folder, ["--config", "policy.yaml", "agreed.yaml"]);
    visit(folder, ["empty.yaml"]);
    visit(folder, ["--select", "unknown-kind", "agreed.yaml"]);
  });
  for (const name of fs.readdirSync(path.join(root, "test/golden"))) {
    visit(path.join(root, "test/golden", name), ["."]);
  }
  visit(root, ["test/manifests"]);
  visit(root, ["examples/broken", "--context", "examples/mesh"]);
}

module.exports = { forEachInput, inAwkwardFolder };
