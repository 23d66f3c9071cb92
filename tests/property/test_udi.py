"""What is written by the standards' rules is read back as it was meant; what is not leads to one named error at most."""

from __future__ import annotations

import contextlib
from datetime import date
from urllib.parse import quote

import biip
from biip.gs1_messages import GS1Message
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bench.udi_fuzz import IDENTIFIERS
from domain.errors import InvalidIdentifier
from domain.model.ids import FacilityId, PlaceId
from domain.udi import own
from domain.udi.calendar_dates import full_year, yymmdd
from domain.udi.check_digits import gs1_check_digit, hibc_check_character
from domain.udi.isbt128 import LENGTHS
from domain.udi.merge import read_symbols
from domain.udi.parse import parse_symbol, parse_typed
from domain.udi.plain_numbers import expand_upc_e
from domain.udi.reading import Agency, Doubt, PlaceCode
from domain.udi.symbol import FNC1, Symbol, Symbology
from tests.property.udi_codes import (
    CSET82,
    DIGITS,
    TODAY,
    Hibc,
    Message,
    days,
    hibc,
    keyed,
    messages,
    number,
    text,
)


def gs1_128(encoded: str) -> Symbol:
    return Symbol(Symbology.CODE_128, encoded, encoded.encode(), "]C1")


def plain(data: str) -> Symbol:
    return Symbol(Symbology.CODE_128, data, data.encode(), "]C0")


@given(messages())
def test_every_element_of_a_message_comes_back_as_it_was_written(message: Message) -> None:
    udi = parse_symbol(gs1_128(message.encoded), today=TODAY)
    assert udi.elements == message.elements
    assert udi.lot == message.get("10")
    assert udi.serial == message.get("21")
    assert udi.gtin == (message.get("01") or message.get("02"))
    assert udi.sscc == message.get("00")
    assert udi.quantity == (
        int(message.get("30") or message.get("37") or -1) if message.get("30") or message.get("37") else None
    )
    assert udi.expiry == (yymmdd(message.get("17"), today=TODAY) if message.get("17") else None)
    assert not {
        Doubt.CHECK_DIGIT,
        Doubt.NOT_A_DATE,
        Doubt.NOT_ALLOWED,
        Doubt.TWICE,
        Doubt.UNKNOWN_ELEMENT,
    } & set(udi.doubts)


@given(messages())
def test_a_leading_separator_changes_nothing(message: Message) -> None:
    assert parse_symbol(gs1_128(FNC1 + message.encoded), today=TODAY) == parse_symbol(
        gs1_128(message.encoded), today=TODAY
    )


@given(messages())
def test_brackets_typed_by_a_person_say_the_same_as_the_symbol(message: Message) -> None:
    assume(not any(set("()[]") & set(value) for _, value in message.elements))
    typed = parse_typed(message.bracketed, today=TODAY)
    assert typed.elements == message.elements
    assert typed.alternatives == ()
    spaced = parse_typed(message.bracketed.replace("(", "\n ( ").replace(")", " ) "), today=TODAY)
    assert spaced == typed


@given(messages())
def test_biip_agrees_on_what_the_elements_are(message: Message) -> None:
    theirs = GS1Message.parse(message.encoded, config=biip.ParseConfig(gs1_element_strings_verify_date=False))
    ours = parse_symbol(gs1_128(message.encoded), today=TODAY)
    assert ours.elements == tuple((one.ai.ai, one.value) for one in theirs.element_strings)


@given(keyed(14), text(20, shortest=4), text(20, shortest=4), days)
def test_a_forgotten_separator_is_never_passed_over(gtin: str, lot: str, serial: str, day: date) -> None:
    meant = (("01", gtin), ("17", f"{day:%y%m%d}"), ("10", lot), ("21", serial))
    swallowed = parse_symbol(gs1_128(f"01{gtin}17{day:%y%m%d}10{lot}21{serial}"), today=TODAY)
    assert swallowed.ambiguous
    assert Doubt.UNTERMINATED in swallowed.doubts
    assert {len(other.elements) for other in swallowed.alternatives} >= {
        4
    } or Doubt.TOO_LONG in swallowed.doubts
    assert all(
        "".join(a + v for a, v in other.elements) == "".join(a + v for a, v in meant)
        for other in swallowed.alternatives
    )


@given(
    st.one_of(number(7), number(11), number(12), keyed(14).map(lambda gtin: gtin[:-1])),
    text(20),
    text(20),
    days,
)
def test_a_digital_link_says_the_same_as_the_element_strings(
    body: str, lot: str, serial: str, day: date
) -> None:
    short = body + gs1_check_digit(body)
    link = f"HTTPS://Example.ORG:8443/shop/01/{short}/10/{quote(lot, safe='')}/21/{quote(serial, safe='')}?17={day:%y%m%d}&linkType=all#x"
    udi = parse_symbol(Symbol(Symbology.QR, link, link.encode(), "]Q1"), today=TODAY)
    message = f"01{short.zfill(14)}10{lot}{FNC1}21{serial}{FNC1}17{day:%y%m%d}"
    same = parse_symbol(gs1_128(message), today=TODAY)
    assert (udi.gtin, udi.lot, udi.serial, udi.expiry) == (same.gtin, same.lot, same.serial, same.expiry)
    assert udi.alternatives == ()


@given(hibc())
def test_hibc_in_one_symbol_comes_back_whole(code: Hibc) -> None:
    udi = parse_symbol(plain(code.concatenated), today=TODAY)
    assert udi.agency is Agency.HIBC
    assert (udi.di, udi.lot, udi.serial) == (code.primary, code.lot, code.serial)
    assert (udi.quantity, udi.made) == (code.quantity, code.made)
    assert udi.expiry == code.expiry
    assert Doubt.CHECK_DIGIT not in udi.doubts


@given(hibc(shortest=1), st.booleans())
def test_hibc_in_two_symbols_is_one_label_whichever_comes_first(code: Hibc, turned: bool) -> None:
    one, other = code.apart
    symbols = [plain(other), plain(one)] if turned else [plain(one), plain(other)]
    read = read_symbols(symbols, today=TODAY)
    assert len(read.labels) == 1
    udi = read.labels[0].udi
    assert (udi.di, udi.lot, udi.serial, udi.expiry) == (code.primary, code.lot, code.serial, code.expiry)
    assert read.problems == ()
    assert read.labels[0].symbols == (0, 1)


@given(hibc(), st.integers(0, 200), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_a_changed_character_of_hibc_is_noticed(code: Hibc, at: int, instead: str) -> None:
    whole = code.concatenated
    at = 1 + at % (len(whole) - 1)
    assume(whole[at] != instead)
    try:
        udi = parse_symbol(plain(whole[:at] + instead + whole[at + 1 :]), today=TODAY)
    except InvalidIdentifier:
        return
    assert udi.agency is Agency.NONE or Doubt.CHECK_DIGIT in udi.doubts


@given(hibc())
def test_hibc_typed_in_small_letters_or_between_asterisks_is_the_same(code: Hibc) -> None:
    typed = parse_typed(f"*{code.concatenated.lower()}*", today=TODAY)
    assert (typed.di, typed.lot, typed.expiry) == (code.primary, code.lot, code.expiry)


STRUCTURES = {name: length for name, length in LENGTHS.items() if name not in {"=>", "&>", "=}", "&}", "=+"}}


@given(
    st.lists(st.sampled_from(sorted(STRUCTURES)), min_size=1, max_size=6, unique=True),
    st.data(),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_isbt_structures_are_taken_by_their_lengths(names: list[str], data: st.DataObject, day: date) -> None:
    values = {
        name: data.draw(st.text("0123456789ABCDEFGHJK", min_size=STRUCTURES[name], max_size=STRUCTURES[name]))
        for name in names
    }
    donation = "A9997" + data.draw(number(8)) + "00"
    whole = "".join(f"{name}{value}" for name, value in values.items()) + f"={donation}=>0{day:%y%j}"
    for code in (whole, f"=+{len(values) + 2:02}001{whole}"):
        udi = parse_symbol(plain(code), today=TODAY)
        found = dict(udi.elements)
        assert udi.agency is Agency.ISBT
        assert all(found[name] == value for name, value in values.items())
        assert found["DIN"] == donation
        assert udi.expiry == day
        assert udi.serial == values.get("=,", "")
        assert udi.lot == values.get("&,1", "")


@given(number(6).flatmap(lambda middle: st.sampled_from("01").map(lambda system: system + middle)))
def test_an_expanded_upc_e_has_the_check_digit_of_its_short_form(short: str) -> None:
    fits = []
    for check in DIGITS:
        try:
            fits.append(expand_upc_e(short + check))
        except InvalidIdentifier:
            continue
    assert len(fits) == 1
    assert len(fits[0]) == 12
    assert fits[0].startswith(short[0])


@given(st.integers(0, 10**14), st.integers(0, 10**14))
def test_a_place_label_is_read_back(facility: int, place: int) -> None:
    code = PlaceCode(FacilityId(facility), PlaceId(place))
    assert own.parse_place(own.place_text(code)) == code


@given(st.text(min_size=1, max_size=20).filter(lambda number: number == number.strip()), st.integers(0, 9999))
def test_an_item_or_bin_label_is_read_back(number: str, place: int) -> None:
    code = PlaceCode(FacilityId(1), PlaceId(place))
    try:
        item, shelf_bin = own.item_text(number), own.bin_text(code, number)
    except InvalidIdentifier:
        assume(False)
    assert own.parse_item(item) == own.parse_item(shelf_bin) == number
    assert own.parse_place(shelf_bin) == code
    assert item.isascii()


@given(st.from_regex(r"PLY-[PIB]-[0-9]{1,6}-[0-9]{1,6}-[0-9A-Z]{4}", fullmatch=True), st.data())
def test_a_changed_character_of_an_own_label_is_refused(made: str, data: st.DataObject) -> None:
    right = own.place_text(PlaceCode(FacilityId(1), PlaceId(len(made))))
    at = data.draw(st.integers(0, len(right) - 1))
    instead = data.draw(
        st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ-").filter(lambda sign: sign != right[at])
    )
    changed = right[:at] + instead + right[at + 1 :]
    try:
        own.parse_place(changed)
    except InvalidIdentifier:
        return
    raise AssertionError(changed)


@given(st.integers(0, 99), st.dates(date(1999, 1, 1), date(2101, 1, 1)))
def test_a_two_digit_year_is_at_most_fifty_years_away(yy: int, today: date) -> None:
    year = full_year(yy, today=today)
    assert year % 100 == yy
    assert -49 <= year - today.year <= 50


SYMBOLS = st.builds(
    Symbol,
    symbology=st.sampled_from(Symbology),
    text=st.one_of(
        st.text(max_size=60),
        st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
        st.text(CSET82 + FNC1 + " ", max_size=60),
        st.text("0123456789=&+$/(){}[]%" + FNC1, max_size=60),
        messages().map(lambda message: message.encoded),
        hibc().map(lambda code: code.concatenated),
    ),
    identifier=st.sampled_from(IDENTIFIERS),
    corners=st.lists(st.tuples(st.integers(-10, 4000), st.integers(-10, 4000)), max_size=5).map(tuple),
)


@given(SYMBOLS)
@example(Symbol(Symbology.CODE_128, "]"))
@example(Symbol(Symbology.CODE_128, "]J1"))
@example(Symbol(Symbology.CODE_128, ""))
@example(Symbol(Symbology.CODE_128, FNC1 * 3, identifier="]C1"))
@example(Symbol(Symbology.CODE_128, "3940", identifier="]C1"))
@example(Symbol(Symbology.CODE_128, "7007", identifier="]C1"))
@example(Symbol(Symbology.QR, "https://[::1/01/0"))
@example(Symbol(Symbology.QR, "http://a/01/%ff%fe", identifier="]Q1"))
def test_a_symbol_leads_to_a_reading_or_to_the_one_named_error(symbol: Symbol) -> None:
    found = []
    with contextlib.suppress(InvalidIdentifier):
        found.append(parse_symbol(symbol, today=TODAY))
    with contextlib.suppress(InvalidIdentifier):
        found.append(parse_typed(symbol.text, today=TODAY))
    assert all(udi.di or udi.elements for udi in found)


@given(st.lists(SYMBOLS, max_size=6))
def test_a_picture_of_any_symbols_is_read_and_each_symbol_is_of_one_label_at_most(
    symbols: list[Symbol],
) -> None:
    read = read_symbols(symbols, today=TODAY)
    used = [at for label in read.labels for at in label.symbols]
    assert len(used) == len(set(used))
    assert set(used) <= set(range(len(symbols)))
    assert all(label.copies >= 1 for label in read.labels)


@given(hibc())
def test_the_check_character_is_the_last(code: Hibc) -> None:
    assert hibc_check_character(code.concatenated[:-1]) == code.concatenated[-1]
