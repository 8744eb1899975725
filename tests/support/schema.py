# SPDX-License-Identifier: Apache-2.0
"""Holds an answer against schema/openapi.yaml: the few words of JSON Schema that the document uses."""

import os
import re

import yaml

_TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
_KNOWN = {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "format", "minimum", "maximum", "minLength",
          "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "default", "description", "$ref"}


def load():
    with open(os.path.join(_TOP, "schema", "openapi.yaml"), encoding="utf-8") as file:
        return yaml.safe_load(file)


def resolve(document, node):
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _is(value, kind):
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, _TYPES[kind])


def faults(document, schema, value, where="$"):
    """What is wrong with a value, as sentences."""
    if "allOf" in schema:   # one schema with words of its own
        schema = schema["allOf"][0]
    schema = resolve(document, schema)
    if "oneOf" in schema:
        fits = [one for one in schema["oneOf"] if not faults(document, one, value, where)]
        return [] if len(fits) == 1 else [f"{where} fits {len(fits)} of what it may be: {value!r}"]
    unknown = set(schema) - _KNOWN
    if unknown:
        raise AssertionError(f"the checker does not know {unknown}")
    kinds = schema.get("type")
    if kinds is not None and not any(_is(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{where} is no {kinds}: {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is none of {schema['enum']}: {value!r}"]
    if "const" in schema and value != schema["const"]:
        return [f"{where} is not {schema['const']!r}: {value!r}"]
    if schema.get("format") == "date-time" and not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value):
        return [f"{where} is no time: {value!r}"]
    found = []
    if isinstance(value, (dict, list)):
        least, most = (schema.get(f"{bound}{'Properties' if isinstance(value, dict) else 'Items'}", other) for bound, other in (("min", 0), ("max", len(value))))
        if not least <= len(value) <= most:
            found.append(f"{where} has {len(value)} members, not {least} to {most}")
    if isinstance(value, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value]
        for name, member in value.items():
            if name in properties:
                found += faults(document, properties[name], member, f"{where}.{name}")
            elif others is False:
                found.append(f"{where} has an unknown member {name}")
            elif isinstance(others, dict):
                found += faults(document, others, member, f"{where}.{name}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            found += faults(document, schema.get("items", {}), item, f"{where}[{number}]")
    return found


def operation(document, method, path):
    """(template, operation) for a path as it was asked."""
    path = path.split("?")[0]
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path) and method.lower() in operations:
            return template, operations[method.lower()]
    raise AssertionError(f"{method} {path} is not described")


def answer_faults(document, method, path, answer):
    """What is wrong with an answer: its status, media type and content."""
    template, described = operation(document, method, path)
    told = described["responses"].get(str(answer.status))
    if told is None:
        return [f"{method} {template} answers {answer.status}, which is not described"]
    content = resolve(document, told)["content"]
    media = (answer.headers["Content-Type"] or "").split(";")[0]
    if media not in content:
        return [f"{method} {template} {answer.status} is {media}, not {list(content)}"]
    if not media.endswith(("/json", "+json")):
        return []
    return faults(document, content[media]["schema"], answer.json, f"{method} {template} {answer.status}")
