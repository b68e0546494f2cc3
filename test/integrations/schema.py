"""Holds texts against the schemas that check-jsonschema carries."""

import pathlib
import subprocess
import tempfile


def complaints(schema, text):
    """What the schema `vendor.NAME` or the file has against a YAML text."""
    flag = "--builtin-schema" if schema.startswith("vendor.") else "--schemafile"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "text.yaml"
        file.write_text(text, encoding="utf-8")
        ran = subprocess.run(
            ["check-jsonschema", flag, schema, str(file)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return ran.stdout if ran.returncode else ""
