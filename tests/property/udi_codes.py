"""Valid codes for the properties of the parsers: what they mean beside how they are written, made from the standards' facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from domain.udi.check_digits import gs1_check_digit, hibc_check_character
from domain.udi.symbol import FNC1

TODAY = date(2026, 11, 22)

DIGITS = "0123456789"
CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
HIBC_FIELD = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $%+"

days = st.dates(date(1990, 1, 1), date(2070, 12, 31))


def number(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length)


def keyed(length: int) -> st.SearchStrategy[str]:
    return number(length - 1).map(lambda body: body + gs1_check_digit(body))


def text(longest: int, *, shortest: int = 1) -> st.SearchStrategy[str]:
    return st.text(CSET82, min_size=shortest, max_size=longest)


PREDEFINED = {
    "00": keyed(18), "01": keyed(14), "02": keyed(14), "20": number(2), "3103": number(6), "410": keyed(13), "414": keyed(13),
    **dict.fromkeys(("11", "12", "13", "15", "16", "17"), days.map(lambda day: day.strftime("%y%m%d"))),
}  # fmt: skip
OPEN = {
    "10": text(20), "21": text(20), "22": text(20), "30": st.integers(1, 99_999_999).map(str), "37": st.integers(1, 99_999_999).map(str),
    "240": text(30), "241": text(30), "250": text(30), "400": text(30), "8008": days.map(lambda day: day.strftime("%y%m%d") + "1230"),
    "422": st.sampled_from(("840", "276", "036")), "710": text(20), "90": text(30), "91": text(90), "3922": number(6),
}  # fmt: skip
"""Elements that end with FNC1, whatever their length."""


@dataclass(frozen=True)
class Message:
    """Elements in their order, and as one symbol holds them."""

    elements: tuple[tuple[str, str], ...]

    @property
    def encoded(self) -> str:
        last = len(self.elements) - 1
        return "".join(
            f"{ai}{value}" + (FNC1 if ai in OPEN and at < last else "")
            for at, (ai, value) in enumerate(self.elements)
        )

    @property
    def bracketed(self) -> str:
        return "".join(f"({ai}){value}" for ai, value in self.elements)

    def get(self, ai: str) -> str:
        return dict(self.elements).get(ai, "")


@st.composite
def messages(draw: st.DrawFn) -> Message:
    names = draw(st.lists(st.sampled_from([*PREDEFINED, *OPEN]), min_size=1, max_size=7, unique=True))
    return Message(tuple((ai, draw((PREDEFINED | OPEN)[ai])) for ai in names))


@dataclass(frozen=True)
class Hibc:
    """``primary`` with its plus and without its check character; ``secondary`` without plus, link and check; supplements."""

    primary: str
    secondary: str
    supplements: str
    lot: str
    serial: str
    expiry: date | None
    quantity: int | None
    made: date | None

    @property
    def concatenated(self) -> str:
        middle = f"/{self.secondary}" if self.secondary else ""
        body = f"{self.primary}{middle}{self.supplements}"
        return body + hibc_check_character(body)

    @property
    def apart(self) -> tuple[str, str]:
        link = hibc_check_character(self.primary)
        second = f"+{self.secondary}{self.supplements}{link}"
        return self.primary + link, second + hibc_check_character(second)


def last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@st.composite
def hibc(draw: st.DrawFn, *, shortest: int = 0) -> Hibc:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    lic = draw(st.sampled_from(letters)) + draw(st.text(DIGITS + letters, min_size=3, max_size=3))
    pcn = draw(st.text(DIGITS + letters, min_size=1, max_size=18))
    primary = f"+{lic}{pcn}{draw(st.sampled_from(DIGITS))}"
    value = draw(st.text(DIGITS + letters, min_size=1, max_size=18))
    day = draw(st.dates(date(2000, 1, 1), date(2070, 12, 31)))
    serial = draw(st.booleans())
    form = draw(st.sampled_from(["none", "plain", "0", "2", "3", "4", "5", "6", "7"][1 if shortest else 0 :]))
    quantity = (
        draw(st.one_of(st.none(), st.integers(0, 99), st.integers(100, 99999)))
        if form not in {"none", "plain"}
        else None
    )
    amount = "" if quantity is None else f"8{quantity:02}" if quantity < 100 else f"9{quantity:05}"
    written = {
        "0": day.strftime("%m%y"), "2": day.strftime("2%m%d%y"), "3": day.strftime("3%y%m%d"), "4": day.strftime("4%y%m%d23"),
        "5": day.strftime("5%y%j"), "6": day.strftime("6%y%j07"), "7": "7",
    }.get(form, "")  # fmt: skip
    expiry = {"none": None, "plain": None, "7": None, "0": last_of_month(day)}.get(form, day)
    sign = "+" if serial else ""
    secondary = {"none": "", "plain": f"${sign}{value}"}.get(form, f"$${sign}{amount}{written}{value}")
    known = value if form != "none" else ""
    made = draw(st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2026, 11, 1))))
    supplements = made.strftime("/16D%Y%m%d") if made else ""
    own_serial = draw(st.one_of(st.just(""), st.text(DIGITS + letters, min_size=1, max_size=18)))
    if own_serial and not (serial and known):
        supplements += f"/S{own_serial}"
    else:
        own_serial = ""
    return Hibc(
        primary=primary,
        secondary=secondary,
        supplements=supplements,
        lot="" if serial else known,
        serial=known if serial and known else own_serial,
        expiry=expiry,
        quantity=quantity,
        made=made,
    )
