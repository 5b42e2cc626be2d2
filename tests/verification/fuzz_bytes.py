"""Ways to spoil a file without knowing what it is: its bytes, its characters, its lines."""

import random
from collections.abc import Callable

NASTY_TEXTS = (
    "", " ", "\t", "nan", "NaN", "inf", "-inf", "Infinity", "1e308", "1e309", "-1e308", "-0", "-0.0", "1e-400",
    "0x10", "1_000", "1,5", "+5", ".5", "5.", "1e", "9" * 30, "9" * 400, "9" * 5000, "-1", "0", "1", "2", "7", "8",
    "0.5", "1.0000001", "true", "null", "None", "None ", "NA", "n/a", "#N/A", "#REF!", "2021-02-30", "2021-13-01",
    "0000-01-01", "0001-01-01", "9999-12-31", "9999-12", "2021-06-31", "2021-6-1", "30/06/2021",
    "2021-06-30T00:00:00", "44377", "2021/22 Q0", "2021/22 Q5", "2021/23 Q1", "2021-22Q1", "Q1 2021/22",
    "0000/01 Q4", "9999/00 Q4", "9999/00 Q1", "2021/22 q1", "٣", "२०२१-०६-३०", "５", "²", "½", "Ⅷ", "五", "é",
    "e\u0301", "ß", "İ", "ﬁ", "\u00a0", "\u200b", "\ufeff", "\u202e", "\u2028", "\x00", "\x07", "\x1b[31m", "\x85",
    "\ud7ff", "\U0001f600", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-1+1", "'=1", "'", '"', '""', "\\",
    "`", "$(reboot)", "${HOME}", "%s%n", "{0}", "{x}", "[link]", "[bold]", "[/]", "<script>alert(1)</script>",
    "&amp;", "]]>", "../../etc/passwd", "/etc/passwd", "/dev/zero", "/dev/null", "C:\\CON", "\\\\host\\share",
    "file:///etc/passwd", ".", "..", "/", "~", "a/b", "a;b", ";", ";;", "|", ",", "a,b", "\n", "a\nb", "\r", "\r\n",
    "x" * 300, "x" * 10_000, "ab " * 3000, "A1", "A2", "C1", "Z9", "a1", "A1 ", "WX", "Wessex", "YH", "wesex",
    "Atlantis", "default", "psc:WX", "national", "plank", "ladder", "plank+ladder", "acute", "Stage 5 - Adoption",
    "Stage 5 - Spread", "Stage 8", "stage>=8", "stage>=5", "stage=٣", "all_of:", "all_of:plank", "element:",
    "element:first", "rate", "sustained", "No contact", "Not eligible", "site", "psc", "quarter", "stage",
    "1" + "0" * 18, str(2**63), str(-(2**63)), str(2**64), str(2**31), "1" * 4301, "days", "months", "plank" * 20,
    "a" * 81, "-a", "a.b", "a..b", "value", "low",
)  # fmt: skip
MARKS = (
    b",", b'"', b"'", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xef\xbb\xbf", b"=", b"[", b"]", b"{", b"}", b"#",
    b";", b"\t", b"<", b">", b"&", b"\\", b".", b"-", b"\xe2\x80\xae", b"\xc3", b"\x1a", b'"""', b"'''", b"[[",
    b"]]", b"\xc2\x85", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"&#0;", b"&x;", b"<!--", b"<![CDATA[",
)  # fmt: skip
LONG_BYTES = 200_000
LARGEST_BYTES = 2_000_000
Spoiler = Callable[[random.Random, bytes, bytes], bytes]


def _span(luck: random.Random, data: bytes) -> tuple[int, int]:
    start = luck.randrange(len(data) + 1)
    return start, min(len(data), start + luck.choice((1, 1, 2, 4, 16, 64, 256)))


def flip(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Change some bits."""
    spoilt = bytearray(data)
    for _ in range(luck.choice((1, 1, 2, 8)) if data else 0):
        spoilt[luck.randrange(len(spoilt))] ^= 1 << luck.randrange(8)
    return bytes(spoilt)


def delete(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Leave a piece out."""
    start, end = _span(luck, data)
    return data[:start] + data[end:]


def duplicate(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Say a piece again, once or many times."""
    start, end = _span(luck, data)
    return data[:end] + data[start:end] * luck.choice((1, 1, 2, 50)) + data[end:]


def splice(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Put a piece of another file in."""
    start, end = _span(luck, other)
    place = luck.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place:]


def cross(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """The beginning of this file and the end of another."""
    return data[: luck.randrange(len(data) + 1)] + other[luck.randrange(len(other) + 1) :]


def append(_luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Two files one after the other."""
    return data + other


def truncate(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Stop early."""
    return data[: luck.randrange(len(data) + 1)]


def mark(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Put signs that mean something somewhere."""
    for _ in range(luck.choice((1, 1, 2, 5))):
        place = luck.randrange(len(data) + 1)
        data = data[:place] + luck.choice(MARKS) + data[place:]
    return data


def rubbish(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Put random bytes somewhere."""
    place = luck.randrange(len(data) + 1)
    return data[:place] + luck.randbytes(luck.choice((1, 4, 100))) + data[place:]


def encode(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Save it otherwise: other line ends, another encoding, a byte order mark."""
    text = data.decode("utf-8", "replace")
    mark = b"\xef\xbb\xbf"
    return luck.choice(
        (
            data.replace(b"\n", b"\r\n"), data.replace(b"\n", b"\r"), data.replace(b"\n", b"\n\n"), mark + data,
            mark * 2 + data, text.encode("utf-16"), text.encode("utf-16-be"), text.encode("utf-32"),
            text.encode("utf-7"), text.encode("cp1252", "replace"), b"\n" * 3 + data, data.rstrip(b"\n"), data.upper(),
            data + b"\x1a", b"\xa0" + data,
        )
    )  # fmt: skip


def lengthen(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """A very long line, or very many."""
    sign = luck.choice(
        (b"x", b",", b'"', b"[", b"{", b"a.", b"\n", b" ", b"#", b"0", b"-", b"(", b"=", b"<a>", b"\xc3\xa9", b'"a b".')
    )
    place = luck.randrange(len(data) + 1)
    return data[:place] + sign * luck.choice((300, 5000, LONG_BYTES // len(sign))) + data[place:]


def shuffle_lines(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Leave out, repeat or move a line."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    line = lines.pop(luck.randrange(len(lines)))
    for _ in range(luck.choice((0, 1, 1, 2))):
        lines.insert(luck.randrange(len(lines) + 1), line)
    return b"".join(lines)


def replace_word(luck: random.Random, data: bytes, _other: bytes) -> bytes:
    """Put a nasty text in place of a word."""
    words = data.replace(b",", b" ").replace(b'"', b" ").replace(b"=", b" ").split()
    if not words:
        return data
    word = luck.choice(words)
    nasty = luck.choice(NASTY_TEXTS).encode("utf-8", "surrogatepass")
    everywhere = luck.random() < 0.25 and data.count(word) * len(nasty) < LARGEST_BYTES
    return data.replace(word, nasty, -1 if everywhere else 1)


def empty(luck: random.Random, _data: bytes, _other: bytes) -> bytes:
    """Nothing, or next to nothing."""
    return luck.choice(
        (b"", b"\n", b" ", b"\x00", b"\xef\xbb\xbf", b",", b'"', b"PK\x03\x04", b"{}", b"[]", b"<a/>", b"\xff\xfe")
    )


SPOILERS: tuple[Spoiler, ...] = (
    flip, delete, duplicate, splice, cross, append, truncate, mark, mark, rubbish, encode, lengthen, shuffle_lines,
    shuffle_lines, replace_word, replace_word, replace_word, empty,
)  # fmt: skip


def spoil(luck: random.Random, data: bytes, other: bytes) -> bytes:
    """Spoil a file in one of these ways."""
    return luck.choice(SPOILERS)(luck, data, other)[:LARGEST_BYTES]
