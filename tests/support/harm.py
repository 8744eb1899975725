# SPDX-License-Identifier: Apache-2.0
"""What a phone's camera sees of a poster that was harmed: a page's pixels are warped, covered, sampled at the camera's own, blurred and made noisy.

The camera is the preview of a common phone: 1080 pixels across 65 degrees, so that a millimetre a metre away is 0.85 of a pixel. Pure Python on
small pictures; a seed gives the same harm again.
"""

import math
import random

FIELD = 2 * math.tan(math.radians(65 / 2))
PREVIEW_PIXELS = 1080
NOISE = 6   # of 255, in an ordinary room


class Grey:
    def __init__(self, width, height, pixels):
        self.width, self.height, self.pixels = width, height, pixels

    @classmethod
    def from_pgm(cls, data):
        parts = data.split(None, 4)   # P5, width, height, 255, the rest
        width, height = int(parts[1]), int(parts[2])
        return cls(width, height, bytearray(data[-width * height:]))

    def pgm(self):
        return b"P5 %d %d 255\n" % (self.width, self.height) + bytes(self.pixels)

    def crop(self, left, top, width, height):
        rows = (self.pixels[(top + y) * self.width + left:(top + y) * self.width + left + width] for y in range(height))
        return Grey(width, height, bytearray(b"".join(rows)))

    def put(self, left, top, width, height, shade):
        left, top, right, bottom = max(0, left), max(0, top), min(self.width, left + width), min(self.height, top + height)
        for y in range(top, bottom):
            self.pixels[y * self.width + left:y * self.width + right] = bytes([shade]) * max(0, right - left)


def cover_anywhere(page, symbol, share, chance):
    """One rectangle somewhere on the symbol: a sticker, a hand."""
    left, top, side = symbol
    width, height = _patch(side, share, chance)
    page.put(left + chance.randint(0, side - width), top + chance.randint(0, side - height), width, height, 128)


def cover_data(page, symbol, share, chance):
    """One rectangle that leaves the three corner marks, by which a reader finds the symbol, alone."""
    left, top, side = symbol
    mark = round(side * 8 / 37)   # with its rim, in a symbol of version 5; in a smaller one it is wider, and found no better
    while True:
        width, height = _patch(side, share, chance)
        x, y = chance.randint(0, side - width), chance.randint(0, side - height)
        if not any(x < right and x + width > corner_x and y < bottom and y + height > corner_y for corner_x, right, corner_y, bottom in
                   ((0, mark, 0, mark), (side - mark, side, 0, mark), (0, mark, side - mark, side))):
            return page.put(left + x, top + y, width, height, 128)


def _patch(side, share, chance):
    aspect = math.exp(chance.uniform(-0.7, 0.7))
    return tuple(min(side, round(side * math.sqrt(share) * factor)) for factor in (aspect, 1 / aspect))


def photograph(page, pixels_per_mm, distance_m, chance, turn=0, tilt=0, blur=1):
    """`turn` in its plane and `tilt` about the upright axis in degrees; `blur` is the width in camera pixels over which focus smears."""
    scale = PREVIEW_PIXELS / FIELD / 1000 / distance_m / pixels_per_mm   # camera pixels for one of the page
    width, height = (int(length * scale * 1.15) + 8 for length in (page.width, page.height))
    sine, cosine = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    tilt_sine, tilt_cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
    focal = PREVIEW_PIXELS / FIELD
    shift_x, shift_y = chance.random(), chance.random()
    offsets = [(i + 0.5) / 3 - 0.5 for i in range(3)]

    def seen(u, v):
        """The page's shade on a ray; a tilted plane is further away on one side."""
        x = u / (tilt_cosine * focal - u * tilt_sine) * focal if tilt else u
        y = v * (1 + x * tilt_sine / focal) if tilt else v
        along, down = (cosine * x + sine * y) / scale + page.width / 2, (cosine * y - sine * x) / scale + page.height / 2
        if 0 <= along < page.width and 0 <= down < page.height:
            return page.pixels[int(down) * page.width + int(along)]
        return 255

    flat = []
    for row in range(height):
        for column in range(width):
            u, v = column - width / 2 + shift_x, row - height / 2 + shift_y
            flat.append(sum(seen(u + a, v + b) for a in offsets for b in offsets) / 9)
    flat = _smear(flat, width, height, blur)
    return Grey(width, height, bytearray(min(255, max(0, round(40 + value * 0.75 + chance.gauss(0, NOISE)))) for value in flat))


def _smear(flat, width, height, blur):
    if blur <= 1:
        return flat
    half = blur // 2
    for step, length in ((1, width), (width, height)):
        out = list(flat)
        for i, _ in enumerate(flat):
            at = i % width if step == 1 else i // width
            reach = range(-min(half, at), min(half, length - 1 - at) + 1)
            out[i] = sum(flat[i + step * d] for d in reach) / len(reach)
        flat = out
    return flat


HARMS = {
    "straight": {}, "rotated 3°": {"turn": 3}, "blurred": {"blur": 3}, "tilted 40°": {"tilt": 40},
    "15 % covered": {"cover": cover_anywhere}, "15 %, marks free": {"cover": cover_data}, "printed at 50 %": {"size": 0.5},
}


def harmed(page, symbol, pixels_per_mm, distance_m, harm, seed):
    """The photograph of a page (Grey) whose symbol, without its quiet zone, is the square (left, top, side) of its pixels."""
    chance = random.Random(seed)
    how = dict(HARMS[harm])
    worn = Grey(page.width, page.height, bytearray(page.pixels))
    cover, size = how.pop("cover", None), how.pop("size", 1)
    if cover:
        cover(worn, symbol, 0.15, chance)
    return photograph(worn, pixels_per_mm / size, distance_m, chance, **how)
