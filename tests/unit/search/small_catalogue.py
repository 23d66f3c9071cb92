"""A few dozen items that are easily confused, as a storeroom has them."""

from __future__ import annotations

from domain.model.ids import ItemId
from domain.model.item import Identifier, IdentifierKind, Item

_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    # family, brand, manufacturer, sizes, the ward's words
    ("Biogel surgical glove", "Biogel", "Mölnlycke", "6.5;7;7.5;8", "sterile gloves"),
    ("Gammex non-latex surgical glove", "Gammex", "Ansell", "7;7.5;9", "latex free gloves"),
    ("Protexis PI surgical glove", "Protexis", "Cardinal Health", "7;7.5", ""),
    ("Nitrile exam glove, powder-free", "Confiderm", "McKesson", "S;M;L;XL", "purple gloves"),
    ("Foley catheter, silicone, 2-way, 10 mL balloon", "Dover", "Cardinal Health", "14 Fr;16 Fr;18 Fr;20 Fr", "foleys"),
    ("Foley tray with urine meter", "SureStep", "Bard", "16 Fr", "foley kit"),
    ("Blake silicone drain, fluted", "Blake", "Ethicon", "15 Fr;19 Fr", "blake"),
    ("Jackson-Pratt drain, flat, silicone", "Jackson-Pratt", "Cardinal Health", "7 mm;10 mm", "jp drains"),
    ("Endotracheal tube, cuffed", "Shiley Hi-Lo", "Medtronic", "6.5 mm;7.0 mm;7.5 mm;8.0 mm", "etts"),
    ("Shiley tracheostomy tube, cuffed", "Shiley", "Medtronic", "4;6;8", "trach"),
    ("Tracheostomy tube holder", "Dale", "Dale", "adult;pediatric", "trach ties"),
    ("Kerlix gauze bandage roll", "Kerlix", "Cardinal Health", "4.5 in x 4.1 yd", ""),
    ("Conforming gauze roll", "Kling", "Medline", "3 in;4 in", "kling"),
    ("Coban self-adherent wrap", "Coban", "3M", "3 in;4 in", ""),
    ("Vicryl suture, SH needle, 27 in", "Vicryl", "Ethicon", "4-0;3-0;2-0;0", ""),
    ("Monocryl suture, PS-2 needle, 27 in", "Monocryl", "Ethicon", "4-0;3-0", ""),
    ("BD Insyte IV catheter", "BD Insyte", "BD", "18 ga x 1.16 in;20 ga x 1 in", "ivs"),
    ("IV pole, 5-leg", "", "Medline", "", "iv pole"),
    ("Saline flush, prefilled syringe", "PosiFlush", "BD", "5 mL;10 mL", "flush"),
    ("Chux underpad, disposable", "", "Medline", "23 x 36 in", "blue pads"),
    ("Bovie pencil, rocker switch", "Bovie", "Medtronic", "", ""),
    ("ECG monitoring electrode", "Red Dot", "3M", "", "ekg dots"),
    ("N95 respirator 1860", "3M", "3M", "small;regular", "n95s"),
    ("Bag valve mask resuscitator, adult", "Ambu", "Ambu", "adult", ""),
    ("Bag valve mask resuscitator, pediatric", "Ambu", "Ambu", "pediatric", ""),
    ("Xience drug-eluting coronary stent", "Xience", "Abbott", "2.5 x 18 mm;3.0 x 18 mm;3.0 x 23 mm", ""),
    ("Yankauer suction tip, rigid", "", "Cardinal Health", "", ""),
)  # fmt: skip


def gtin(body: str) -> str:
    """14 digits: ``body`` with its check digit (GS1 General Specifications 7.9)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return f"{body}{(10 - total % 10) % 10}".zfill(14)


def small_catalogue() -> list[Item]:
    """Items with ids from 1, numbers from 100001, a catalogue number, and a GTIN for the piece and for the box."""
    items: list[Item] = []
    for family, brand, manufacturer, sizes, ward in _ROWS:
        for size in sizes.split(";"):
            number = len(items) + 1
            items.append(
                Item(
                    id=ItemId(number),
                    number=f"{100_000 + number}",
                    name=f"{family}, {size}" if size else family,
                    family=family,
                    size=size,
                    category="Supplies",
                    brand=brand,
                    manufacturer=manufacturer,
                    base_unit="each",
                    identifiers=(
                        Identifier(IdentifierKind.CATALOGUE, f"DYN-{40_000 + number}", "each"),
                        Identifier(IdentifierKind.GTIN, gtin(f"00952000{number:05d}"), "each"),
                        Identifier(IdentifierKind.GTIN, gtin(f"10952000{number:05d}"), "box"),
                        Identifier(IdentifierKind.HIBC, f"+M123PCN{number:04d}1", "box"),
                    ),
                    synonyms=(ward,) if ward else (),
                )
            )
    return items
