#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of the HTTP interface, from its document: tools/api_page.py OPENAPI SUMMARIES WORDS OUTPUT

  OPENAPI    schema/openapi.yaml
  SUMMARIES  schema/openapi.zh.yaml, what each call is for in Chinese
  WORDS      server/service/words.cpp, whose table of error codes and sentences is shown
  OUTPUT     gets zh.html and en.html: each whole by itself, without script and without anything to load
"""

import html
import json
import os
import re
import sys

import yaml

STYLE = """
html{font:100%/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;-webkit-text-size-adjust:100%}
body{max-width:62rem;margin:0 auto;padding:0 1rem 4rem;color:#14202b;background:#fff}
h1{font-size:1.6rem}h2{margin:3rem 0 0;padding-bottom:.3rem;border-bottom:2px solid #c9d3dc;font-size:1.3rem}
h3{margin:2.5rem 0 0;font-size:1rem;overflow-wrap:anywhere;word-break:break-word}h4{margin:1rem 0 .2rem;font-size:.95rem}
h3 b{display:inline-block;min-width:3.8rem;padding:.1rem .4rem;border-radius:6px;text-align:center;color:#fff;background:#0b5394}
h3 b.post{background:#1b6b35}h3 b.patch{background:#7a5200}h3 b.delete{background:#b3261e}
a{color:#0b5394}p{margin:.4rem 0}code,pre{font-family:Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
pre{margin:.3rem 0;padding:.6rem .8rem;overflow-x:auto;background:#f3f6f9;border-radius:8px}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.95rem}td,th{padding:.25rem .8rem .25rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #c9d3dc}
td code,th{white-space:nowrap}.muted{color:#4a5a68}nav ul{padding:0;list-style:none}nav li{margin:.1rem 0;overflow-wrap:anywhere;word-break:break-word}nav a{display:inline-block;padding:.35rem 0}
a:focus{outline:3px solid #f2b705}@media print{nav{display:none}}
"""

WORDS = {
    "zh": {"lang": "zh-CN", "title": "接口说明", "other": "English", "admin": "系统管理", "yaml": "OpenAPI 文档", "who": "谁可以", "scope": "辖区", "second": "强制双重验证而尚未启用时也可以",
           "parameters": "参数", "name": "名称", "in": "位置", "must": "必填", "type": "类型", "note": "说明", "yes": "是", "body": "请求体", "example": "示例", "answers": "回答", "status": "状态",
           "errors": "错误", "code": "代码", "sentence": "说给人的话", "schemas": "数据结构", "fault_codes": "错误代码", "contents": "目录", "nothing": "没有内容", "list": "列表", "any": "任意"},
    "en": {"lang": "en", "title": "HTTP interface", "other": "中文", "admin": "Administration", "yaml": "OpenAPI document", "who": "Who", "scope": "Scope",
           "second": "also while a compulsory second factor is missing", "parameters": "Parameters", "name": "Name", "in": "In", "must": "Required", "type": "Type", "note": "Meaning", "yes": "yes",
           "body": "Body", "example": "Example", "answers": "Answers", "status": "Status", "errors": "Errors", "code": "Code", "sentence": "Sentence", "schemas": "Schemas", "fault_codes": "Error codes",
           "contents": "Contents", "nothing": "no content", "list": "list of", "any": "anything"},
}

ABOUT = {
    "zh": ["请求和回答都是 UTF-8 的 JSON；时间按 RFC 3339，收任何时区，回答以 Z 结尾。错误是 application/problem+json（RFC 9457），有固定的 code 和一句按 Accept-Language（zh、en）说的话。"
           "不认识的或重复的成员一律 400。个人信息只放在请求体里，从不放在网址里。",
           "<code>Authorization: Bearer</code> 带居民的凭证或操作员的令牌；用 Cookie 时，写入要带 <code>X-CSRF-Token</code>（登录时给出）。认得是谁的可能答 429，任何人都可能答 503，都带 Retry-After。",
           "示例里的人和号码都是编造的；<code>$HOST</code> 换成本服务的网址，<code>$TOKEN</code> 换成令牌或凭证。"],
    "en": ["JSON in UTF-8; times RFC 3339, any offset in, Z out; errors are application/problem+json (RFC 9457) with a stable code and a sentence in the language of Accept-Language (zh, en). "
           "Unknown or doubled members are refused with 400. Personal data travels in bodies, never in an address.",
           "<code>Authorization: Bearer</code> carries a resident's credential or an operator's token; with the cookie, writes carry <code>X-CSRF-Token</code> from the session's answer. "
           "Whoever is known may be answered 429, anybody 503, with Retry-After.",
           "People and numbers in the examples are invented; for <code>$HOST</code> say this service's address, for <code>$TOKEN</code> a token or a credential."],
}

ROLES = {"anyone": ("任何人", "anyone"), "resident": ("居民（凭证）", "a resident, by credential"), "operator": ("任何操作员", "any operator"), "admin": ("管理员", "admin"), "manager": ("检测点管理员", "manager"),
         "guard": ("值守人员", "guard"), "tracer": ("流调人员", "tracer"), "auditor": ("审计员", "auditor")}
SCOPES = {"whole": ("不限", "does not bind"), "own": ("只是本人的", "what is the caller's own"), "site": ("网址所指的检测点须在辖区内", "the site that the path names"), "each": ("逐条按辖区", "each row on its own"),
          "people": ("所问的人和地点须在辖区内", "whom and what it asks about"), "staff": ("辖区内的操作员", "operators within the scope")}
FAULTS = {"400": ("看不懂：格式不对，或有不认识的成员", "not readable"), "401": ("不知道你是谁：请先登录，或带上凭证", "who are you"), "403": ("无权这样做", "not yours to ask"),
          "404": ("没有，或在辖区之外", "not there, or outside your scope"), "409": ("与现状冲突", "contradicts what is there"), "410": ("已更换、关闭或用过", "replaced, closed or used"),
          "413": ("太大", "too large"), "422": ("看得懂但不对；errors 指出哪一项、为什么", "readable but wrong; errors say which field and why"), "429": ("太频繁，请稍后", "too often; try later"),
          "503": ("忙，请按 Retry-After 再试", "busy; try again after Retry-After")}
PLACES = {"path": ("网址", "path"), "query": ("查询串", "query"), "header": ("请求头", "header")}
TYPES = {"string": ("文本", "text"), "integer": ("整数", "whole number"), "number": ("数", "number"), "boolean": ("真假", "boolean"), "object": ("对象", "object"), "null": ("null", "null")}

TOLD = {"Done": "完成", "Made": "已建立", "Told": "已记下", "The file": "文件", "The session": "会话", "The site": "检测点", "A page for people": "给人看的页面", "A page of them": "其中一页",
        "As it is now": "现在的样子", "By code": "按代码排列", "By ref": "按编号排列", "With its new codes": "连同新码", "A retry; the same scan": "重复发送：仍是同一次扫码",
        "The same dependant again": "已有这位家人", "Printed": "可打印", "Numbers alone": "只有数字", "Whose it is": "是谁的", "The page of the code": "场所码的页面",
        "Kept. A form with the same header row means what the last one was said to": "已保存；表头相同的表格沿用上次的含义"}

GROUPS = [("公共", "For anybody", r"/(healthz|readyz|version|docs|api/v1/openapi\.yaml|api/v1/codes/.*)"), ("页面", "Pages", r"/(?!api/).*"),
          ("居民", "Residents", r"/api/v1/(registrations|scans(/batch|/\{id\}/void)?|me(/.*)?)"), ("登录与会话", "Sessions", r"/api/v1/(sessions?|setup|duty)(/.*)?"),
          ("值守", "Gate", r"/api/v1/(gate/.*|sites/\{ref\}/screen)"), ("导入", "Imports", r"/api/v1/\w+/import"),
          ("企业日报与录像", "Enterprises and recordings", r"/api/v1/(reports|sites/\{ref\}/(reports|camera|playback))"),
          ("流调", "Tracing", r"/api/v1/(cases|people/(search|\{id\}/(trajectory|reveal))|sites/(search|\{ref\}/passages)|traces|shared-places|presets|exports)(/.*)?"), ("表格", "Forms", r"/api/v1/forms.*"),
          ("检测点、海报与设备", "Sites, posters, devices", r"/api/v1/(divisions|sites?|site-activity|posters|devices)(/.*)?"), ("台账与提醒", "Ledger and alerts", r"/api/v1/(ledger|alerts).*"),
          ("登记册与隔离", "Registers and isolation", r"/api/v1/(registers|isolation).*"), ("外出", "Outings", r"/api/v1/outing-rules.*"), ("数字与日报", "Counts and briefs", r"/api/v1/(counts|briefs?)(/.*)?"),
          ("身份待核", "Who is who", r"/api/v1/(reviews.*|people/\{id\}/(split|history))"), ("系统", "The service", r"/api/v1/(operators|audit|status|upkeep|retention|assessment|settings|office)(/.*)?")]

EXAMPLES = {"name": "王建国", "phone": "14200000001", "number": "130682198001010036", "code": "0123456789abcdef", "plate": "冀F12A34", "ref": "S1", "site": "S1", "case": "2020-001", "division": "130682100",
            "temperature": 36.5, "login": "li", "password": "replace this passphrase", "birth_date": "1980-01-01", "day": "2020-02-17", "person": "0h3x9q2m7k4d", "country": "CHN", "otp": "123456",
            "digits": "123456", "lang": "zh", "kind": "fever", "q": "东口", "address": "留早镇 1 号", "title": "测试", "purpose": "密接排查", "reason": "核实电话"}


class Page:
    """One language of it."""

    def __init__(self, document, summaries, sentences, language):
        self.document, self.summaries, self.sentences, self.language = document, summaries, sentences, language
        self.words, self.pick = WORDS[language], 0 if language == "zh" else 1

    def resolve(self, node):
        if "allOf" in node:   # one schema with words of its own
            node = {**node["allOf"][0], **{key: value for key, value in node.items() if key != "allOf"}}
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def text(self, text):
        return html.escape(str(text))

    def table(self, heads, rows):
        if not rows:
            return ""
        lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
        return f'<div class="wide"><table><tr>{"".join(f"<th>{self.words[head]}</th>" for head in heads)}</tr>\n{lines}</table></div>\n'

    def type_of(self, schema):
        """A type in words; a schema with a name is a link."""
        if "allOf" in schema:
            schema = schema["allOf"][0]
        if "oneOf" in schema:
            return " / ".join(map(self.type_of, schema["oneOf"]))
        if "$ref" in schema:
            name = schema["$ref"].split("/")[-1]
            return f'<a href="#schema-{name}">{name}</a>'
        if "const" in schema:
            return f"<code>{self.text(json.dumps(schema['const'], ensure_ascii=False))}</code>"
        if "enum" in schema:
            return " ".join(f"<code>{self.text(value)}</code>" for value in schema["enum"])
        kinds = schema.get("type", [])
        if kinds == "array":
            return f"{self.words['list']} {self.type_of(schema.get('items', {}))}"
        told = " / ".join(TYPES[kind][self.pick] if kind != "array" else self.words["list"] for kind in ([kinds] if isinstance(kinds, str) else kinds)) or self.words["any"]
        bounds = [f"{mark} {schema[key]}" for key, mark in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "≤")) if key in schema]
        return told + (f" <span class=\"muted\">{' '.join(bounds)}</span>" if bounds else "")

    def members(self, schema, before="", depth=0):
        """The members of an object as rows, those of objects without a name below them."""
        if depth > 6:
            return
        required = schema.get("required", ())
        for name, member in schema.get("properties", {}).items():
            path = before + name
            yield [f"<code>{self.text(path)}</code>", self.type_of(member), self.words["yes"] if name in required else "", self.note(member)]
            inner = member.get("items", {}) if member.get("type") == "array" else member
            if "$ref" not in inner:
                yield from self.members(inner, path + ("[]." if inner is not member else "."), depth + 1)

    def note(self, schema):
        default = f" ({self.text(json.dumps(schema['default'], ensure_ascii=False))})" if "default" in schema else ""
        return (f'<span lang="en">{self.text(schema["description"])}</span>' if "description" in schema else "") + default

    def example(self, schema, name="", depth=0):
        """A value that fits, with an invented person's words where the name of a member says what it is."""
        schema = self.resolve(schema)
        if "oneOf" in schema:
            return self.example(schema["oneOf"][0], name, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kind = kinds if isinstance(kinds, str) else next((one for one in kinds if one != "null"), "null")
        if kind == "object":
            members = schema.get("properties", {})
            shown = [one for one in members if depth < 2 or one in schema.get("required", ())]
            return {one: self.example(members[one], one, depth + 1) for one in shown[:schema.get("maxProperties")] if depth < 5}
        if kind == "array":
            return [self.example(schema.get("items", {}), name.removesuffix("s"), depth + 1)] if depth < 5 else []
        if schema.get("format") == "date-time":
            return "2020-02-17T07:00:00Z"
        fits = {"string": str, "number": (int, float), "integer": int}.get(kind)
        if fits and isinstance(EXAMPLES.get(name), fits):
            return EXAMPLES[name]
        return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True, "null": None}.get(kind, "…")

    def request_example(self, method, path, operation):
        shown = re.sub(r"\{(\w+)\}", lambda found: str(EXAMPLES.get(found[1], "0h3x9q2m7k4d")), path)
        needed = [parameter for parameter in map(self.resolve, operation.get("parameters", ())) if parameter["in"] == "query" and parameter.get("required")]
        query = "&".join(f"{parameter['name']}={self.example(parameter['schema'], parameter['name'])}" for parameter in needed)
        lines = [f"curl{' -X ' + method if method != 'GET' else ''} \"$HOST{shown}{'?' + query if query else ''}\""]
        if operation["x-who"] != "anyone":
            lines.append('-H "Authorization: Bearer $TOKEN"')
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            lines.append(f"-H 'Content-Type: {media}'")
            if media == "application/json":
                lines.append(f"-d '{json.dumps(self.example(content['schema']), ensure_ascii=False)}'")
            elif media.endswith("urlencoded"):
                lines += [f"--data-urlencode '{name}={value}'" for name, value in self.example(content["schema"]).items()]
            else:
                lines.append("--data-binary @FILE")
        return self.text(" \\\n  ".join(lines))

    def answers(self, operation):
        rows, examples = [], ""
        for status, answer in operation["responses"].items():
            if status >= "400":
                continue
            answer = self.resolve(answer)
            kinds = [f"<code>{media}</code> {self.type_of(content['schema']) if media == 'application/json' else ''}" for media, content in answer.get("content", {}).items()]
            headers = [f"<code>{name}</code>" for name in answer.get("headers", {})]
            note = self.text(answer["description"])
            note = TOLD.get(answer["description"], f'<span lang="en">{note}</span>') if self.language == "zh" else note
            rows.append([f"<code>{status}</code>", "<br>".join(kinds + headers) or self.words["nothing"], note])
            told = answer.get("content", {}).get("application/json")
            if told and not examples:
                examples = f"<pre>{self.text(json.dumps(self.example(told['schema']), ensure_ascii=False, indent=1))}</pre>\n"
        return self.table(["status", "type", "note"], rows) + examples

    def faults(self, operation):
        rows = [[f"<code>{status}</code>", FAULTS[status][self.pick]] for status in operation["responses"] if status >= "400"]
        return f"<h4>{self.words['errors']}</h4>\n" + self.table(["status", "note"], rows) if rows else ""

    def call(self, method, path, operation):
        w, pick = self.words, self.pick
        summary = self.text(self.summaries[f"{method} {path}"] if self.language == "zh" else operation["summary"])
        roles = "、".join(ROLES[one][0] for one in operation["x-who"].split()) if pick == 0 else ", ".join(ROLES[one][1] for one in operation["x-who"].split())
        yield f'<h3 id="{anchor(method, path)}"><b class="{method.lower()}">{method}</b> <code>{self.text(path)}</code></h3>\n<p>{summary}</p>\n'
        if "description" in operation:
            yield f'<p lang="en">{self.text(operation["description"])}</p>\n'
        scope = f" · {w['scope']}: {SCOPES[operation['x-scope']][pick]}" if operation["x-who"] != "anyone" else ""
        yield f"<p class=\"muted\">{w['who']}: {roles}{scope}{' · ' + w['second'] if operation.get('x-unenrolled') else ''}</p>\n"
        parameters = list(map(self.resolve, operation.get("parameters", ())))
        if parameters:
            yield f"<h4>{w['parameters']}</h4>\n" + self.table(["name", "in", "type", "must", "note"], [
                [f"<code>{one['name']}</code>", PLACES[one["in"]][pick], self.type_of(one["schema"]), w["yes"] if one.get("required") else "",
                 self.note({**one["schema"], **({"description": one["description"]} if "description" in one else {})})] for one in parameters])
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"<h4>{w['body']}</h4>\n<p><code>{media}</code> {self.type_of(content['schema']) if media != 'text/csv' else ''}</p>\n"
            if "$ref" not in content["schema"]:
                yield self.table(["name", "type", "must", "note"], list(self.members(content["schema"])))
        yield f"<h4>{w['example']}</h4>\n<pre>{self.request_example(method, path, operation)}</pre>\n<h4>{w['answers']}</h4>\n{self.answers(operation)}{self.faults(operation)}"

    def whole(self):
        w, groups = self.words, grouped(self.document)
        yield f"<!doctype html>\n<html lang=\"{w['lang']}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        yield f"<title>{w['title']} · 查验</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>查验 · {w['title']}</h1>\n"
        yield f'<p><a href="/docs?lang={"en" if self.pick == 0 else "zh"}" hreflang="{"en" if self.pick == 0 else "zh"}">{w["other"]}</a> · <a href="/admin">{w["admin"]}</a> · <a href="/api/v1/openapi.yaml">{w["yaml"]}</a></p>\n'
        yield "".join(f"<p>{line}</p>\n" for line in ABOUT[self.language])
        yield f'<nav aria-label="{w["contents"]}">\n'
        for number, (names, calls) in enumerate(groups):
            links = "".join(f'<li><a href="#{anchor(method, path)}"><code>{method} {self.text(path)}</code></a></li>\n' for method, path, _ in calls)
            yield f'<h2 id="contents-{number}">{names[self.pick]}</h2>\n<ul>\n{links}</ul>\n'
        yield f'<p><a href="#schemas">{w["schemas"]}</a> · <a href="#codes">{w["fault_codes"]}</a></p>\n</nav>\n<main>\n'
        for names, calls in groups:
            yield f"<h2>{names[self.pick]}</h2>\n"
            for method, path, operation in calls:
                yield from self.call(method, path, operation)
        yield f'<h2 id="schemas">{w["schemas"]}</h2>\n'
        for name, schema in sorted(self.document["components"]["schemas"].items()):
            about = self.note(schema)
            rows = self.table(["name", "type", "must", "note"], list(self.members(schema))) or f"<p>{self.type_of(schema)}</p>\n"
            yield f'<h3 id="schema-{name}"><code>{name}</code></h3>\n' + (f"<p>{about}</p>\n" if about else "") + rows
        yield f'<h2 id="codes">{w["fault_codes"]}</h2>\n' + self.table(["code", "sentence"], [[f"<code>{code}</code>", self.text(told[self.pick])] for code, told in sorted(self.sentences.items())])
        yield "</main>\n</body>\n</html>\n"


def anchor(method, path):
    return re.sub(r"[^a-z0-9]+", "-", f"{method} {path}".lower()).strip("-") or "home"


def grouped(document):
    """((Chinese, English), calls) in order; every call is in the first group that fits."""
    found = [((zh, en), []) for zh, en, _ in GROUPS]
    for path, operations in document["paths"].items():
        number = next((i for i, group in enumerate(GROUPS) if re.fullmatch(group[2], path)), None)
        if number is None:
            raise SystemExit(f"{path}: no group of tools/api_page.py fits; add it to GROUPS")
        found[number][1].extend((method.upper(), path, operation) for method, operation in operations.items())
    return found


def sentences_in(source):
    """{code: (Chinese, English)} of the table in words.cpp."""
    literal = r'"((?:[^"\\]|\\.)*)"'
    found = re.findall(rf'^    \{{"(\w+)",\s*{literal},\s*{literal}\}},', source, re.M)
    if len(found) < 200:
        raise SystemExit("the table of words.cpp is not as tools/api_page.py reads it")
    return {code: (json.loads(f'"{zh}"'), json.loads(f'"{en}"')) for code, zh, en in found}


def main():
    openapi, summaries, words, output = sys.argv[1:]
    with open(openapi, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    with open(summaries, encoding="utf-8") as file:
        chinese = yaml.safe_load(file)
    with open(words, encoding="utf-8") as file:
        sentences = sentences_in(file.read())
    calls = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    if calls != set(chinese):
        raise SystemExit(f"{summaries}: lacks {sorted(calls - set(chinese))}, has besides {sorted(set(chinese) - calls)}")
    os.makedirs(output, exist_ok=True)
    for language in WORDS:
        with open(os.path.join(output, f"{language}.html"), "w", encoding="utf-8") as file:
            file.writelines(Page(document, chinese, sentences, language).whole())


if __name__ == "__main__":
    main()
