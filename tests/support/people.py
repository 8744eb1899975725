# SPDX-License-Identifier: Apache-2.0
"""Invented people: region 130682 with made-up days, phones that start with 142, 143 or 144. Pure."""

import datetime
import urllib.parse

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SERIALS_PER_DAY = 490  # sequences from 996 on marked people aged a hundred and more
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭"
_FIRST = "建国文秀玉金海春志永明德伟丽芳军红平静立宝树桂凤长庆新"
_SECOND = "华英兰珍生梅荣霞强成勇波峰涛超鹏飞娟燕琴莲芝山林河江"


def check_character(first_17):
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS)) % 11]


def id_number(serial, birth="19800101", male=True, region="130682"):
    """A valid GB 11643 number. Requires: 0 <= serial < 500."""
    if not 0 <= serial < 500:
        raise ValueError("a serial has to lie in 0..499")
    body = f"{region}{birth}{serial * 2 + (1 if male else 0):03d}"
    return body + check_character(body)


def phone(number):
    """The number-th invented mobile number. Requires: number < 300,000,000."""
    return f"14{2 + number // 10**8}{number % 10**8:08d}"


def name(number):
    """A name of three characters; distinct for number < 20,000."""
    surname = _SURNAMES[number % len(_SURNAMES)]
    number //= len(_SURNAMES)
    first = _FIRST[number % len(_FIRST)]
    return surname + first + _SECOND[number // len(_FIRST) % len(_SECOND)]


def document(number):
    """The ID number of the number-th person, as `{type, number}`."""
    birth = datetime.date(1961, 1, 1) + datetime.timedelta(days=number // _SERIALS_PER_DAY)
    return {"type": "id", "number": id_number(number % _SERIALS_PER_DAY, birth.strftime("%Y%m%d"), number % 2 == 0)}


def registration(number, **changes):
    """What the number-th person's phone sends to /registrations, without the notice's version."""
    body = {"name": name(number), "document": document(number), "phone": phone(number)}
    body.update(changes)
    return {key: value for key, value in body.items() if value is not None}


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def person_form(number, notice_version=2, **more):
    """The number-th person as a page's form sends them."""
    return urllib.parse.urlencode({"name": name(number), "number": document(number)["number"], "phone": phone(number),
                                   "notice_version": notice_version, **more})
