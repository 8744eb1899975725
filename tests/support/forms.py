# SPDX-License-Identifier: Apache-2.0
"""Forms as a health office draws them, written part by part, and workbooks read back. Pure; the standard library alone."""

import io
import re
import xml.etree.ElementTree as xml
import zipfile
from xml.sax.saxutils import escape

WORKBOOK = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_XMLNS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# The header of a register of close contacts, with the marks that such forms carry; G is filled by nobody's scans, H means nothing to anybody.
HEADERS = ["序号", "姓 名", "性别", "年龄\n（岁）", "身份证号码*", "联系电话", "与病例关系", "体温", "现住址（详填）", "工作单位", "首次接触时间", "末次接触时间", "接触地点",
           "接触方式", "累计分钟", "备注"]


def letters(index):
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def cell(row, column, text, style=0):
    place = f'<c r="{letters(column)}{row}" s="{style}"'
    return place + ("/>" if text is None else f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>')


def row(number, texts, style=0, more=""):
    return f'<row r="{number}"{more}>' + "".join(cell(number, column, text, style) for column, text in enumerate(texts)) + "</row>"


STYLES = f"""<styleSheet {_XMLNS}><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font><b/><sz val="18"/><name val="黑体"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="2"><border/><border><left style="thin"/><right style="thin"/><top style="thin"/><bottom style="thin"/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment horizontal="center" wrapText="1"/></xf>
<xf numFmtId="0" fontId="0" fillId="0" borderId="1" xfId="0" applyBorder="1"/></cellXfs></styleSheet>"""


def worksheet(rows, merges=(), before="", after=""):
    merged = f'<mergeCells count="{len(merges)}">{"".join(f"""<mergeCell ref="{one}"/>""" for one in merges)}</mergeCells>' if merges else ""
    return f"<worksheet {_XMLNS}>{before}<sheetData>{''.join(rows)}</sheetData>{merged}{after}</worksheet>"


def package(sheets, names="", types="", parts=None, strings=None):
    """A workbook of {name: XML of the sheet}; `parts` are added as they are, `types` to the list of content types."""
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for number in range(1, len(sheets) + 1))
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>' for number, name in enumerate(sheets, 1))
    relations = "".join(f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>' for number in range(1, len(sheets) + 1))
    relations += f'<Relationship Id="rId90" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    relations += f'<Relationship Id="rId91" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>' if strings is not None else ""
    files = {
        "[Content_Types].xml": f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
                               f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
                               f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{overrides}{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
                       f'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f"<workbook {_XMLNS}><sheets>{listed}</sheets>{names}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{number}.xml": text for number, text in enumerate(sheets.values(), 1)},
    }
    if strings is not None:
        files["xl/sharedStrings.xml"] = f"<sst {_XMLNS}>" + "".join(f"<si><t>{escape(text)}</t></si>" for text in strings) + "</sst>"
    files.update(parts or {})
    return archive(files)


def archive(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in files.items():
            target.writestr(zipfile.ZipInfo(name, (2020, 2, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def a_form(headers=None, filled=()):
    """A title over all columns, a line of notes, the header in row 3, five blank lines with borders; widths, a frozen header, A4 across with repeated titles. `filled`: lines of
    texts that somebody left in it. A second sheet explains."""
    headers = headers or HEADERS
    last = letters(len(headers) - 1)
    lines = [row(4 + number, (list(filled[number]) + [None] * len(headers))[:len(headers)] if number < len(filled) else [None] * len(headers), 2, ' ht="24" customHeight="1"')
             for number in range(5)]
    sheet = worksheet([row(1, ["新冠肺炎密切接触者登记表"], 1, ' ht="30" customHeight="1"'), row(2, ["填报单位："]), row(3, headers, 2, ' ht="32" customHeight="1"'), *lines],
                      [f"A1:{last}1", f"A2:{last}2"],
                      '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" '
                      'state="frozen"/></sheetView></sheetViews><cols><col min="1" max="1" width="6" customWidth="1"/><col min="5" max="5" width="22" customWidth="1"/></cols>',
                      '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
                      '<headerFooter><oddFooter>&amp;C第 &amp;P 页</oddFooter></headerFooter>')
    names = f"""<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">'登记表'!$A$1:${last}$8</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">'登记表'!$1:$3</definedName></definedNames>"""
    return package({"登记表": sheet, "填表说明": worksheet([row(1, ["一行一人。"])])}, names)


class Workbook:
    """The sheets of an XLSX by name: {(row, column): (type, text)}; their XML; the parts as they are."""

    def __init__(self, content):
        self.sheets, self.trees, self.parts = {}, {}, {}
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            if source.testzip() is not None:
                raise AssertionError("the archive is damaged")
            self.parts = {name: source.read(name) for name in source.namelist()}
        for name, content in self.parts.items():
            xml.fromstring(content)   # every part is XML
        book = xml.fromstring(self.parts["xl/workbook.xml"])
        self.names = {one.get("name"): one.text for one in book.iter(f"{MAIN}definedName")}
        for number, sheet in enumerate(book.iter(f"{MAIN}sheet"), 1):
            tree = xml.fromstring(self.parts[f"xl/worksheets/sheet{number}.xml"])
            self.trees[sheet.get("name")] = tree
            self.sheets[sheet.get("name")] = {self.place(one.get("r")): (one.get("t", "n"), self.text(one)) for one in tree.iter(f"{MAIN}c")}

    @staticmethod
    def place(ref):
        column, number = re.fullmatch("([A-Z]+)([0-9]+)", ref).groups()
        index = 0
        for letter in column:
            index = index * 26 + ord(letter) - 64
        return int(number), index - 1

    @staticmethod
    def text(one):
        return "".join(part.text or "" for part in one.iter() if part.tag in (f"{MAIN}t", f"{MAIN}v"))

    def lines(self, sheet, first):
        """Rows from `first` on, as lists of texts."""
        cells = self.sheets[sheet]
        width = max(column for _, column in cells) + 1
        return [[cells.get((number, column), ("n", ""))[1] for column in range(width)] for number in range(first, max(number for number, _ in cells) + 1)]
