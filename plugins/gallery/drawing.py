"""Pictures of the demo, drawn by numbers: a few kinds of scenes, each different, always the same.

A picture of a hundred kilobytes takes a few hundredths of a second, and nothing has to be shipped.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
SIZES = ((1200, 800), (800, 1200), (1280, 720), (1000, 1000), (1200, 900), (1500, 780))
# Morning, noon, evening, a white night, a clear winter day, thunder: above and below in the sky.
SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((255, 214, 170), (255, 243, 224)),
    ((120, 180, 226), (222, 240, 250)),
    ((74, 66, 120), (250, 150, 110)),
    ((150, 170, 200), (236, 226, 240)),
    ((150, 200, 240), (245, 250, 255)),
    ((70, 88, 110), (170, 190, 200)),
)
GREENS: tuple[Colour, ...] = ((38, 92, 84), (66, 122, 86), (110, 150, 92), (30, 70, 90))
PAINTS: tuple[Colour, ...] = (
    (11, 107, 107),
    (180, 70, 11),
    (230, 170, 60),
    (122, 84, 150),
    (196, 90, 110),
    (70, 120, 180),
    (110, 150, 80),
    (238, 226, 200),
)


def drawn(number: int) -> bytes:
    """The picture with this number, as a JPEG."""
    chance = random.Random(number)  # the same picture for the same number
    size = SIZES[number % len(SIZES)]
    scene = SCENES[number % len(SCENES)]
    picture = _gradient(size, *SKIES[chance.randrange(len(SKIES))])
    scene(picture, ImageDraw.Draw(picture, "RGBA"), chance)
    written = io.BytesIO()
    _grain(picture, chance).save(written, "JPEG", quality=88)
    return written.getvalue()


def _gradient(size: tuple[int, int], above: Colour, below: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, above), mask)


def _grain(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A little of the noise that every camera has."""
    small = Image.frombytes("L", (64, 64), chance.randbytes(64 * 64))
    noise = small.resize(picture.size, Image.Resampling.BICUBIC).convert("RGB")
    return Image.blend(picture, noise, 0.035)


def _hills(picture: Image.Image, draw: Draw, chance: random.Random) -> None:
    """Ranges of hills, the nearest darkest, a sun, and a river in front."""
    width, height = picture.size
    _sun(picture, chance)
    for layer in range(5):
        base = height * (0.45 + 0.11 * layer)
        waves = [(chance.uniform(1, 5), chance.uniform(0, 2 * pi)) for _ in range(3)]
        line = [
            (x, base - sum(sin(x / width * pi * n + p) for n, p in waves) * height * 0.05)
            for x in range(0, width + 12, 12)
        ]
        green = GREENS[(layer + chance.randrange(2)) % len(GREENS)]
        shade = tuple(round(c * (1.25 - 0.14 * layer)) for c in green)
        draw.polygon([*line, (width, height), (0, height)], fill=(*shade, 225))
    for _ in range(60):
        x, y = chance.randrange(width), chance.uniform(0.72, 0.98) * height
        tall = height * chance.uniform(0.02, 0.07)
        draw.polygon([(x, y - tall), (x - tall / 3, y), (x + tall / 3, y)], fill=(22, 54, 52, 235))


def _sun(picture: Image.Image, chance: random.Random) -> None:
    width, height = picture.size
    glow = Image.new("L", (width // 8, height // 8))
    x, y = glow.width * chance.uniform(0.2, 0.8), glow.height * chance.uniform(0.15, 0.35)
    radius = min(glow.size) * 0.12
    ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    soft = glow.filter(ImageFilter.GaussianBlur(radius / 3)).resize(picture.size)
    picture.paste((255, 244, 214), (0, 0), soft)


def _town(picture: Image.Image, draw: Draw, chance: random.Random) -> None:
    """A street of houses with lit windows, in snow."""
    width, height = picture.size
    ground = height * 0.82
    x = -20.0
    while x < width:
        wide, tall = chance.uniform(0.1, 0.18) * width, chance.uniform(0.22, 0.5) * height
        paint = PAINTS[chance.randrange(len(PAINTS))]
        draw.rectangle((x, ground - tall, x + wide, ground), fill=paint)
        roof = [(x - 8, ground - tall), (x + wide / 2, ground - tall * 1.22)]
        draw.polygon([*roof, (x + wide + 8, ground - tall)], fill=(244, 246, 250))
        for row in range(int(tall // 70)):
            for column in range(int(wide // 60)):
                left, top = x + 18 + column * 58, ground - tall + 22 + row * 66
                lit = (255, 224, 140) if chance.random() < 0.6 else (60, 70, 90)
                draw.rectangle((left, top, left + 30, top + 38), fill=lit)
        x += wide + 6
    draw.rectangle((0, ground, width, height), fill=(240, 243, 248))
    for _ in range(260):
        left, top, size = chance.randrange(width), chance.randrange(height), chance.uniform(1, 4)
        draw.ellipse((left, top, left + size, top + size), fill=(255, 255, 255, 210))


def _papers(picture: Image.Image, draw: Draw, chance: random.Random) -> None:
    """Coloured paper on a table: what was cut out and glued in a lesson."""
    width, height = picture.size
    draw.rectangle((0, 0, width, height), fill=(226, 205, 170))
    for _ in range(26):
        x, y = chance.randrange(width), chance.randrange(height)
        radius, corners = (
            chance.uniform(0.05, 0.16) * min(width, height),
            chance.choice((3, 4, 5, 6, 40)),
        )
        turn = chance.uniform(0, pi)
        points = [
            (
                x + radius * cos(turn + 2 * pi * n / corners),
                y + radius * sin(turn + 2 * pi * n / corners),
            )
            for n in range(corners)
        ]
        shadow = [(px + 6, py + 8) for px, py in points]
        draw.polygon(shadow, fill=(60, 45, 30, 60))
        draw.polygon(points, fill=(*PAINTS[chance.randrange(len(PAINTS))], 245))


def _meadow(picture: Image.Image, draw: Draw, chance: random.Random) -> None:
    """Flowers in grass, near and far."""
    width, height = picture.size
    draw.rectangle((0, height * 0.4, width, height), fill=(120, 160, 90))
    for place in range(420):
        depth = place / 420
        x, y = chance.randrange(width), height * (0.42 + 0.56 * depth)
        size = 3 + 22 * depth * chance.uniform(0.6, 1.2)
        draw.line((x, y, x + chance.uniform(-4, 4), y + size * 2.2), fill=(58, 110, 60), width=2)
        paint = PAINTS[chance.randrange(len(PAINTS) - 1)]
        for petal in range(5):
            px, py = x + size * 0.7 * cos(petal * 1.257), y + size * 0.7 * sin(petal * 1.257)
            half = size * 0.45
            draw.ellipse((px - half, py - half, px + half, py + half), fill=paint)
        half = size * 0.35
        draw.ellipse((x - half, y - half, x + half, y + half), fill=(250, 220, 110))


def _stage(picture: Image.Image, draw: Draw, chance: random.Random) -> None:
    """People on a stage, from far away: heads without faces, in festive clothes."""
    width, height = picture.size
    draw.rectangle((0, 0, width, height * 0.78), fill=(96, 34, 46))
    for fold in range(0, width, 46):
        draw.rectangle((fold, 0, fold + 20, height * 0.78), fill=(120, 44, 56))
    draw.rectangle((0, height * 0.78, width, height), fill=(150, 106, 66))
    count = chance.randrange(5, 9)
    for place in range(count):
        x = width * (place + 0.75) / (count + 0.5)
        tall = height * chance.uniform(0.3, 0.42)
        top, wide = height * 0.86 - tall, tall * 0.2
        paint = PAINTS[chance.randrange(len(PAINTS))]
        draw.rounded_rectangle(
            (x - wide, top + tall * 0.3, x + wide, height * 0.86), radius=wide, fill=paint
        )
        head = tall * 0.13
        skin = chance.choice(((236, 200, 172), (222, 180, 150), (244, 214, 190)))
        draw.ellipse((x - head, top, x + head, top + 2 * head), fill=skin)
    for lamp in range(4):
        x = width * (lamp + 0.5) / 4
        light = [(x, -20), (x - width * 0.16, height * 0.9), (x + width * 0.16, height * 0.9)]
        draw.polygon(light, fill=(255, 244, 210, 26))


Scene = Callable[[Image.Image, Draw, random.Random], None]
SCENES: tuple[Scene, ...] = (_hills, _papers, _town, _stage, _meadow)
