#include "lint/report/json_report.h"

namespace meshvet::lint {

std::string_view ReportSchema() {
  return R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://meshvet.dev/schemas/report/v1.json",
  "title": "meshvet report",
  "description": "What `meshvet lint -o json` writes. Fields may be added within one version; none is removed and none changes its meaning.",
  "type": "object",
  "required": ["version", "tool", "findings", "skipped", "failures", "summary", "exit_code"],
  "additionalProperties": false,
  "properties": {
    "version": {"const": 1},
    "tool": {
      "type": "object",
      "required": ["name", "version", "rules"],
      "additionalProperties": false,
      "properties": {
        "name": {"const": "meshvet"},
        "version": {"type": "string"},
        "rules": {"type": "string", "description": "changes when a rule is added, removed or means something else"}
      }
    },
    "findings": {"type": "array", "items": {"$ref": "#/$defs/finding"}},
    "skipped": {
      "type": "object",
      "required": ["files", "documents", "rules"],
      "additionalProperties": false,
      "properties": {
        "files": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["file", "reason"],
            "additionalProperties": false,
            "properties": {"file": {"type": "string"}, "reason": {"type": "string"}}
          }
        },
        "documents": {
          "type": "array",
          "items": {
            "type": "object",
            "required": ["file", "document", "line", "reason"],
            "additionalProperties": false,
            "properties": {
              "file": {"type": "string"},
              "document": {"$ref": "#/$defs/count"},
              "line": {"type": "integer", "minimum": 1},
              "reason": {"type": "string"}
            }
          }
        },
        "rules": {
          "type": "array",
          "description": "rules that could not judge, because the input does not show enough",
          "items": {
            "type": "object",
            "required": ["rule", "reason", "objects"],
            "additionalProperties": false,
            "properties": {
              "rule": {"$ref": "#/$defs/rule"},
              "reason": {"type": "string"},
              "objects": {"type": "integer", "minimum": 1}
            }
          }
        }
      }
    },
    "failures": {
      "type": "array",
      "description": "what could not be read; the exit code is 3 if there is any",
      "items": {
        "type": "object",
        "required": ["file", "message"],
        "additionalProperties": false,
        "properties": {"file": {"type": "string"}, "message": {"type": "string"}}
      }
    },
    "summary": {
      "type": "object",
      "description": "counts of everything, also of what --show and --max-findings leave out of findings",
      "required": ["files", "objects", "empty_documents", "error", "warning", "info", "suppressed", "baselined", "fixable", "fixable_unsafely", "not_shown", "elapsed_ms"],
      "additionalProperties": false,
      "properties": {
        "files": {"$ref": "#/$defs/count"},
        "objects": {"$ref": "#/$defs/count"},
        "empty_documents": {"$ref": "#/$defs/count"},
        "error": {"$ref": "#/$defs/count"},
        "warning": {"$ref": "#/$defs/count"},
        "info": {"$ref": "#/$defs/count"},
        "suppressed": {"$ref": "#/$defs/count"},
        "baselined": {"$ref": "#/$defs/count"},
        "fixable": {"$ref": "#/$defs/count"},
        "fixable_unsafely": {"$ref": "#/$defs/count"},
        "not_shown": {"$ref": "#/$defs/count"},
        "elapsed_ms": {"type": "number", "minimum": 0}
      }
    },
    "exit_code": {"enum": [0, 1, 2, 3]}
  },
  "$defs": {
    "count": {"type": "integer", "minimum": 0},
    "rule": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "position": {
      "type": "object",
      "description": "line and column count from 1, columns in Unicode code points; offset is a byte offset from the start of the file",
      "required": ["line", "column", "offset"],
      "additionalProperties": false,
      "properties": {
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "offset": {"$ref": "#/$defs/count"}
      }
    },
    "range": {
      "type": "object",
      "description": "the end is not included",
      "required": ["start", "end"],
      "additionalProperties": false,
      "properties": {
        "start": {"$ref": "#/$defs/position"},
        "end": {"$ref": "#/$defs/position"}
      }
    },
    "object": {
      "type": "object",
      "required": ["apiVersion", "kind", "namespace", "name"],
      "additionalProperties": false,
      "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "namespace": {"type": "string"},
        "name": {"type": "string"}
      }
    },
    "operation": {
      "type": "object",
      "description": "RFC 6902; paths are relative to the object",
      "required": ["op", "path"],
      "properties": {
        "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
        "path": {"type": "string"},
        "from": {"type": "string"}
      }
    },
    "edit": {
      "type": "object",
      "required": ["range", "text"],
      "additionalProperties": false,
      "properties": {
        "range": {"$ref": "#/$defs/range"},
        "text": {"type": "string"}
      }
    },
    "fix": {
      "type": "object",
      "required": ["applicability", "message", "edits", "operations", "range"],
      "additionalProperties": false,
      "properties": {
        "applicability": {"enum": ["safe", "unsafe"]},
        "message": {"type": "string"},
        "edits": {"type": "array", "items": {"$ref": "#/$defs/edit"}, "description": "the fix as edits of the file, in their order; empty where its text cannot be edited without changing more"},
        "operations": {"type": "array", "items": {"$ref": "#/$defs/operation"}, "description": "the fix as a patch of the object; empty where it is one of a comment"},
        "range": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/range"}], "description": "what the only operation replaces or removes"}
      }
    },
    "related": {
      "type": "object",
      "required": ["message", "file", "range", "object", "pointer"],
      "additionalProperties": false,
      "properties": {
        "message": {"type": "string"},
        "file": {"type": ["string", "null"]},
        "range": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/range"}]},
        "object": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/object"}]},
        "pointer": {"type": "string"}
      }
    },
    "suppression": {
      "type": "object",
      "description": "what silences a finding, and where that is written",
      "required": ["form", "reason", "file", "range"],
      "additionalProperties": false,
      "properties": {
        "form": {"enum": ["comment", "annotation", "istio-annotation", "config"]},
        "reason": {"type": ["string", "null"]},
        "file": {"type": ["string", "null"]},
        "range": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/range"}]}
      }
    },
    "finding": {
      "type": "object",
      "required": ["rule", "aliases", "severity", "action", "message", "notes", "file", "range", "document", "object", "pointer", "source", "fixes", "related", "url", "fingerprint", "suppressed"],
      "additionalProperties": false,
      "properties": {
        "rule": {"$ref": "#/$defs/rule"},
        "aliases": {"type": "array", "items": {"type": "string"}},
        "severity": {"enum": ["error", "warning", "info"]},
        "action": {"enum": ["deny", "warn", "audit", "off"], "description": "what the webhook would do"},
        "message": {"type": "string"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "file": {"type": "string"},
        "range": {"$ref": "#/$defs/range"},
        "document": {"$ref": "#/$defs/count", "description": "of the file, counted from 0"},
        "object": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/object"}]},
        "pointer": {"type": "string", "description": "JSON Pointer, relative to the object"},
        "source": {"type": ["string", "null"], "description": "the template it was rendered from"},
        "fixes": {"type": "array", "items": {"$ref": "#/$defs/fix"}},
        "related": {"type": "array", "items": {"$ref": "#/$defs/related"}},
        "url": {"type": "string", "description": "the rule's page, relative to the project"},
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "stays the same while the file around the finding changes"},
        "suppressed": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/suppression"}]}
      }
    }
  }
}
)";
}

}  // namespace meshvet::lint
