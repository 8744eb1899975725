# SPDX-License-Identifier: Apache-2.0
"""The bodies of SECURITY 5.2 as a table, made from one good body. Pure."""

import collections
import json
import time

Case = collections.namedtuple("Case", "name body statuses headers", defaults=({},))

ORDINARY_BYTES_MAX = 4 * 1024
BATCH_BYTES_MAX = 256 * 1024
_UNREADABLE = {400}
_TYPE = {400}
_TOO_LARGE = {413}
_WRONG = {400, 422}


def dump(body):
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _with(good, **changes):
    return dump({**good, **changes})


def _raw(good, member, literal):
    """The good body with one member's value written as `literal`."""
    marker = "@@here@@"
    return dump({**good, member: marker}).replace(b'"' + marker.encode() + b'"', literal)


def any_call(good, bytes_max):
    """For every call with a JSON body of at most `bytes_max`."""
    text = dump(good)
    for depth in (9, 33, 1000, 3000):
        yield Case(f"24 depth {depth}", b"[" * depth, _UNREADABLE)
        yield Case(f"24 closed depth {depth}", b"[" * (depth // 2) + b"]" * (depth // 2), _UNREADABLE)
    yield Case("24 depth 10,000", b"[" * 10_000, _UNREADABLE | _TOO_LARGE)
    yield Case("24 depth 600 of objects", b'{"a":' * 600, _UNREADABLE)
    first = next(iter(good))
    doubled = text[:-1] + b"," + dump({first: good[first]})[1:]
    yield Case(f"25 {first} twice", doubled, _UNREADABLE)
    yield Case("25 doubled by an escape", text[:-1] + b',"\\u%04x' % ord(first[0]) + first[1:].encode() + b'":1}',
               _UNREADABLE)
    for literal in (b"1e400", b"0x10", b"NaN", b"Infinity", b"-Infinity", b"01", b"+1", b".5", b"1.", b"-", b"True",
                    b"undefined", b"'a'", b"nul"):
        yield Case(f"27 {literal.decode()}", _raw(good, first, literal), _UNREADABLE)
    for name, literal in (("lone high surrogate", rb'"\ud800"'), ("lone low surrogate", rb'"\udc00"'),
                          ("swapped surrogates", rb'"\udc00\ud800"'), ("high surrogate, then text", rb'"\ud800a"'),
                          ("NUL escape", rb'"\u0000"'), ("NUL inside", rb'"a\u0000b"')):
        yield Case(f"28 {name}", _raw(good, first, literal), _WRONG)
    for name, literal in (("overlong slash", b'"\xc0\xaf"'), ("overlong NUL", b'"\xc0\x80"'),
                          ("3-byte overlong", b'"\xe0\x80\xaf"'),
                          ("surrogate in UTF-8", b'"\xed\xa0\x80"'), ("beyond Unicode", b'"\xf4\x90\x80\x80"'),
                          ("lone continuation", b'"\x80"'), ("cut sequence", b'"\xe5\xbc"'), ("raw newline", b'"a\nb"'),
                          ("raw NUL", b'"a\0b"'), ("bad escape", rb'"\x41"'), ("cut escape", rb'"\u12"'), ("0xff", b'"\xff"')):
        yield Case(f"28 {name}", _raw(good, first, literal), _UNREADABLE)
    yield Case("28 BOM", b"\xef\xbb\xbf" + text, _UNREADABLE)
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"):
        encoded = dump(good).decode("utf-8").encode(encoding)
        if encoded != text:
            yield Case(f"28 {encoding}", encoded, _UNREADABLE)
    for member in ("role", "__proto__", "constructor", "id", "", "verified", "personId", "\u0000", first.upper()):
        yield Case(f"29 unknown member {member!r}", dump({**good, member: "admin"}), _UNREADABLE)
    yield Case("29 unknown member of an object", dump({**good, "__proto__": {"admin": True}}), _UNREADABLE)
    yield Case("30 300 unknown members", dump({**good, **{f"k{number}": 1 for number in range(300)}}), _UNREADABLE)
    yield Case("30 one byte over the limit", text + b" " * (bytes_max + 1 - len(text)), _TOO_LARGE)
    yield Case("30 1 MiB over the limit", text + b" " * (bytes_max + (1 << 20) - len(text)), _TOO_LARGE)
    yield Case("30 1,000,000 empty keys", b"{" + b'"":0,' * 999_999 + b'"":0}', _TOO_LARGE)
    for name, tail in (("text", b"x"), ("a brace", b"}"), ("a second document", text), ("NUL", b"\0"), ("a comma", b","),
                       ("a comment", b"/**/")):
        yield Case(f"31 {name} behind", text + tail, _UNREADABLE)
    yield Case("31 comment before", b"//a\n" + text, _UNREADABLE)
    yield Case("31 comma before the brace", text[:-1] + b",}", _UNREADABLE)
    yield Case("31 cut in the middle", text[:len(text) // 2], _UNREADABLE)
    yield Case("31 nothing", b"", _UNREADABLE | {411, 415})
    yield Case("31 only spaces", b"   ", _UNREADABLE)
    for kind in ("text/plain", "multipart/form-data; boundary=a", "application/xml", "application/jsonx", "json",
                 "application/x-www-form-urlencoded", None):
        yield Case(f"32 content type {kind}", text, {415}, {"Content-Type": kind})
    for charset in ("gbk", "utf-16"):
        yield Case(f"32 charset {charset}", text, {400, 415}, {"Content-Type": f"application/json; charset={charset}"})
    for top in (b"[]", b'"a"', b"null", b"1", b"true", b"[" + text + b"]"):
        yield Case(f"33 {top[:20]!r} at the top", top, _TYPE)
    for member in good:
        for literal in (b"null", b"1", b"true", b"[]", b"{}", b'["a"]'):
            if type(json.loads(literal)) is not type(good[member]):
                yield Case(f"26 {member} is {literal.decode()}", _raw(good, member, literal), _WRONG if literal == b"{}"
                           else _TYPE)


def registrations(good):
    number = good["document"]["number"]
    yield Case("26 number as a number", _raw(good, "document", b'{"type":"id","number":110101199003071014}'), _TYPE)
    yield Case("26 phone as a number", _raw(good, "phone", good["phone"].encode()), _TYPE)
    yield Case("27 phone as -0", _raw(good, "phone", b"-0"), _TYPE)
    yield Case("25 number twice inside document",
               _raw(good, "document", f'{{"type":"id","number":"{number}","number":"{number}"}}'.encode()), _UNREADABLE)
    yield Case("29 unknown member inside document", _with(good, document={**good["document"], "verified": True}), _UNREADABLE)
    yield Case("65 name of 10 MB", _with(good, name="张" * 3_400_000), _TOO_LARGE)
    for missing in ("name", "document", "phone", "notice_version"):
        yield Case(f"without {missing}", dump({key: value for key, value in good.items() if key != missing}), _WRONG)


def scans(good):
    for direction in ("", "IN", "both", "any", "in ", "进"):
        yield Case(f"direction {direction!r}", _with(good, direction=direction), _WRONG)
    for literal in (b"NaN", b'"36.5"', b"[36.5]", b"true"):
        yield Case(f"27 temperature {literal.decode()}", _raw(good, "temperature", literal), _TYPE)
    for literal in (b"-0", b"-40", b"1e18", b"1e308", b"1e400", b"99999999999999999999", b"0", b"100"):
        yield Case(f"27 temperature {literal.decode()}", _raw(good, "temperature", literal), _WRONG)
    for literal in (b"36.55", b"36.599998"):  # what a thermometer's binary fraction looks like in decimals
        yield Case(f"27 temperature {literal.decode()}", _raw(good, "temperature", literal), {200, 201})
    for literal in (b"1000000000000000000", b"-1", b"0", b"-9223372036854775808", b"9223372036854775808", b"1e9", b"true"):
        yield Case(f"53 at {literal.decode()}", _raw(good, "at", literal), _TYPE)
    # Farm vehicles and paper plates have free text, of at most 16 characters.
    for plate in ("", "冀F123456789012345", "A" * 100, "冀F\u202e1234", "=1+1"):
        yield Case(f"plate {plate[:20]!r}", _with(good, plate=plate), {422})
    for missing in ("code", "direction"):
        yield Case(f"without {missing}", dump({key: value for key, value in good.items() if key != missing}), _WRONG)
    yield Case("dependants that nobody has", _with(good, dependants=["1", "2"]), {400, 403, 404, 422})
    yield Case("nobody scanned", _with(good, self=False), _WRONG)


def batches(good):
    scan = good["scans"][0]
    yield Case("24 depth 10,000 within the limit", b'{"scans":' + b"[" * 10_000, _UNREADABLE)
    yield Case("24 depth 100,000 within the limit", b"[" * 100_000, _UNREADABLE)
    yield Case("501 scans", dump({"scans": [scan] * 501}), _WRONG | _TOO_LARGE)
    yield Case("no scans", dump({"scans": []}), {200, 400, 422})
    yield Case("scans is an object", dump({"scans": {"0": scan}}), _TYPE)


def times(now):
    """(name, at, statuses): SECURITY 5.5; `now` is a whole second. The edges of a second are in body_test.py."""
    def text(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + seconds))
    day = 86400
    accepted, wrong = {200, 201}, {422}
    yield from (
            ("a minute ahead", text(60), accepted), ("one day ahead", text(day), wrong), ("8 h ahead", text(8 * 3600), wrong),
            ("3 min ahead", text(180), wrong), ("8 h behind", text(-8 * 3600), accepted),
            ("6 days behind", text(-6 * day), accepted),
            ("7 days and a minute behind", text(-7 * day - 60), wrong), ("a month behind", text(-30 * day), wrong),
            ("1970", "1970-01-01T00:00:00Z", wrong), ("1969", "1969-12-31T23:59:59Z", wrong),
            ("year 9999", "9999-12-31T23:59:59Z", wrong), ("year 10000", "10000-01-01T00:00:00Z", wrong),
            ("year 0", "0000-01-01T00:00:00Z", wrong), ("negative year", "-0001-01-01T00:00:00Z", wrong),
            ("30 February, 25 h", "2026-02-30T25:61:61Z", wrong), ("offset +99:99", text(0)[:-1] + "+99:99", wrong),
            ("offset +24:00", text(0)[:-1] + "+24:00", wrong), ("no offset", text(0)[:-1], wrong),
            ("leap second", text(-day)[:11] + "23:59:60Z", accepted | wrong),
            ("60th minute", text(-day)[:11] + "23:60:00Z", wrong),
            ("24 h", text(-day)[:11] + "24:00:00Z", wrong), ("a date", text(0)[:10], wrong), ("empty", "", wrong),
            ("spaces", " " + text(0), wrong), ("space behind", text(0) + " ", wrong),
            ("a number as text", "1000000000000000000", wrong),
            ("full-width", text(0).translate({ord("0") + d: 0xFF10 + d for d in range(10)}), wrong),
            ("a fraction without digits", text(0)[:-1] + ".Z", wrong), ("NUL", text(0) + "\0", {400, 422}),
            ("40 digits of fraction", text(-60)[:-1] + "." + "1" * 40 + "Z", accepted | wrong),
            ("a fraction", text(-70)[:-1] + ".999Z", accepted), ("offset +08:00", text(8 * 3600 - 80)[:-1] + "+08:00", accepted),
            ("offset -08:00 that makes it a future", text(0)[:-1] + "-08:00", wrong))
