"""The plan of the demo hospital: two facilities, fourteen units, and every room, cart, cabinet, shelf and bin in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from domain.demo.units import MAIN, RIVERSIDE, UNITS
from domain.model.charge import CostCentre
from domain.model.ids import CostCentreId, FacilityId, PlaceId
from domain.model.place import Facility, Place, PlaceKind

ZONE: Final = "America/New_York"


@dataclass(frozen=True, slots=True)
class Plan:
    """Places and where goods are put. ``shelves`` gives, by code of a product line's ``kept`` column, the groups of shelves that
    each keep such a product: one shelf of each group is chosen. ``central`` are the bins everything passes through."""

    facilities: tuple[Facility, ...]
    places: tuple[Place, ...]
    cost_centres: tuple[CostCentre, ...]
    units: dict[str, PlaceId]
    rooms: dict[str, PlaceId]
    shelves: dict[str, tuple[tuple[PlaceId, ...], ...]]
    central: tuple[PlaceId, ...]
    docks: tuple[PlaceId, ...]


@dataclass(slots=True)
class _Builder:
    places: list[Place] = field(default_factory=list)
    by_id: dict[PlaceId, Place] = field(default_factory=dict)
    children: dict[PlaceId | None, int] = field(default_factory=dict)

    def add(
        self,
        parent: PlaceId | None,
        kind: PlaceKind,
        name: str,
        *aliases: str,
        facility_id: FacilityId | None = None,
        at: tuple[int, float, float] | None = None,
        step: tuple[float, float] = (0.0, 0.0),
        cost_centre_id: CostCentreId | None = None,
    ) -> PlaceId:
        above = self.by_id.get(parent) if parent is not None else None
        floor, x, y = at or ((above.floor, above.x + step[0], above.y + step[1]) if above else (0, 0.0, 0.0))
        order = self.children.get(parent, 0)
        self.children[parent] = order + 1
        place = Place(
            id=PlaceId(len(self.places) + 1),
            facility_id=facility_id or (above.facility_id if above else MAIN),
            parent_id=parent,
            kind=kind,
            name=name,
            aliases=tuple(dict.fromkeys(aliases)),
            order=order,
            floor=floor,
            x=round(x, 1),
            y=round(y, 1),
            cost_centre_id=cost_centre_id or (above.cost_centre_id if above else None),
        )
        self.places.append(place)
        self.by_id[place.id] = place
        return place.id

    def cabinet(
        self, parent: PlaceId, name: str, shelves: int, *aliases: str, step: tuple[float, float] = (0.0, 0.0),
        kind: PlaceKind = PlaceKind.CABINET,
    ) -> tuple[PlaceId, ...]:  # fmt: skip
        cabinet = self.add(parent, kind, name, *aliases, step=step)
        part = "Drawer" if kind is PlaceKind.CART else "Shelf"
        labels = [str(n + 1) if kind is PlaceKind.CART else "ABCDEFGH"[n] for n in range(shelves)]
        return tuple(self.add(cabinet, PlaceKind.SHELF, f"{part} {label}") for label in labels)

    def store(
        self, parent: PlaceId, name: str, *aliases: str, cabinets: int = 4, step: tuple[float, float] = (4.0, 0.0)
    ) -> tuple[PlaceId, ...]:  # fmt: skip
        """A supply room with its cabinets; gives all shelves."""
        room = self.add(parent, PlaceKind.STOREROOM, name, *aliases, step=step)
        return tuple(
            shelf
            for n in range(1, cabinets + 1)
            for shelf in self.cabinet(room, f"Cabinet {n}", 4, f"cab {n}", step=(1.5 * n, 0.0))
        )


SPOKEN: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip


def _unit_words(prefix: str, n: int) -> tuple[str, ...]:
    return (f"{prefix} {n}", f"{prefix}{n}", f"{prefix} {SPOKEN[n]}")


def plan() -> Plan:
    """The one plan of the demo hospital: the same for every seed."""
    build = _Builder()
    centres = tuple(
        CostCentre(CostCentreId(n), unit.cost_centre, unit.name, unit.line)
        for n, unit in enumerate(UNITS, start=1)
    )
    main = build.add(
        None, PlaceKind.FACILITY, "Alder Creek Medical Center", "main", "main hospital", "main campus",
        "the hospital", "Alder Creek", facility_id=MAIN,
    )  # fmt: skip
    river = build.add(
        None, PlaceKind.FACILITY, "Alder Creek Riverside", "Riverside", "ASC", "surgery center",
        "ambulatory center", "outpatient center", "riverside campus", facility_id=RIVERSIDE,
    )  # fmt: skip
    units: dict[str, PlaceId] = {}
    for centre, unit in zip(centres, UNITS, strict=True):
        root = main if unit.facility_id == MAIN else river
        units[unit.code] = build.add(
            root, PlaceKind.UNIT, unit.name, *unit.aliases, at=unit.place, cost_centre_id=centre.id
        )
    rooms: dict[str, PlaceId] = {}
    shelves: dict[str, tuple[tuple[PlaceId, ...], ...]] = {}
    _surgery(build, units, rooms, shelves)
    _critical(build, units, rooms, shelves)
    _procedural(build, units, rooms, shelves)
    _wards(build, units, rooms, shelves)
    central, docks = _support(build, units, shelves)
    return Plan(
        facilities=(
            Facility(MAIN, main, "Alder Creek Medical Center", ZONE),
            Facility(RIVERSIDE, river, "Alder Creek Riverside", ZONE),
        ),
        places=tuple(build.places),
        cost_centres=centres,
        units=units,
        rooms=rooms,
        shelves=shelves,
        central=central,
        docks=docks,
    )


type _Units = dict[str, PlaceId]
type _Shelves = dict[str, tuple[tuple[PlaceId, ...], ...]]


def _surgery(build: _Builder, units: _Units, rooms: dict[str, PlaceId], shelves: _Shelves) -> None:
    suite = units["OR"]
    cores = []
    for n in (1, 2):
        core = build.add(
            suite, PlaceKind.CORE, f"Core {n}", *_unit_words("sterile core", n), f"OR core {n}",
            *(("OR core", "the core", "sterile core") if n == 1 else ("back core",)), step=(-8.0 + 16.0 * (n - 1), 0.0),
        )  # fmt: skip
        rooms[f"Core {n}"] = core
        cores.append(
            tuple(
                shelf
                for rack in range(1, 7)
                for shelf in build.cabinet(core, f"Rack {rack}", 4, step=(0.0, 1.5 * rack))
            )
        )
    in_rooms = []
    for n in range(1, 13):
        more = {9: ("CVOR", "heart room", "CV OR"), 12: ("hybrid OR", "hybrid room"), 4: ("ortho room",), 6: ("neuro",),
                2: ("robot room",), 11: ("peds OR",)}.get(n, ())  # fmt: skip
        room = build.add(
            suite, PlaceKind.ROOM, f"OR {n}", *_unit_words("OR", n), *_unit_words("room", n), *_unit_words("theatre", n),
            f"operating room {n}", f"O.R. {n}", *more, step=(-24.0 + 8.0 * ((n - 1) % 6), -10.0 if n <= 6 else 10.0),
        )  # fmt: skip
        rooms[f"OR {n}"] = room
        in_rooms.append(build.cabinet(room, "Cabinet", 3, f"OR {n} cabinet", "supply cabinet"))
    workroom = build.add(
        suite, PlaceKind.ROOM, "Anesthesia Workroom", "anesthesia", "anesthesia work room", "anaesthesia",
        "anesthesia supply", "anesthesia tech room", step=(20.0, 0.0),
    )  # fmt: skip
    rooms["AN"] = workroom
    work = tuple(
        s for n in range(1, 5) for s in build.cabinet(workroom, f"Cabinet {n}", 4, step=(1.5 * n, 0.0))
    )
    for n in range(1, 9):
        build.cabinet(
            workroom, f"Anesthesia Cart {n}", 3, f"anesthesia cart {SPOKEN[n]}", kind=PlaceKind.CART
        )
    difficult = build.cabinet(
        workroom, "Difficult Airway Cart", 4, "airway cart", "difficult airway", kind=PlaceKind.CART
    )
    malignant = build.cabinet(workroom, "MH Cart", 2, "malignant hyperthermia cart", kind=PlaceKind.CART)
    block = build.cabinet(workroom, "Block Cart", 4, "nerve block cart", kind=PlaceKind.CART)
    build.cabinet(workroom, "Rapid Infuser Cart", 2, "rapid infuser", "belmont cart", kind=PlaceKind.CART)
    implant = build.add(suite, PlaceKind.STOREROOM, "Implant Room", "implants", "consignment room",
                        "consignment shelf", "ortho implant room", "OR storage", step=(-16.0, 4.0))  # fmt: skip
    rooms["IM"] = implant
    implants = tuple(
        s for n in range(1, 9) for s in build.cabinet(implant, f"Cabinet {n}", 5, step=(1.5 * n, 0.0))
    )
    freezer = build.cabinet(
        suite, "OR Freezer", 3, "freezer", "tissue freezer", "the freezer", step=(14.0, 3.0)
    )
    build.add(suite, PlaceKind.CART, "Spine Cart", "spine", step=(6.0, 2.0))
    build.add(suite, PlaceKind.CART, "Ortho Cart", step=(6.0, 3.0))
    shelves |= {
        "OR": tuple(cores), "ORR": tuple(in_rooms), "AN": (work,), "DA": (difficult,), "MH": (malignant,),
        "BC": (block,), "IM": (implants,), "ORF": (freezer,),
    }  # fmt: skip
    pacu = units["PAC"]
    rooms["PAC"] = pacu
    shelves["PAC"] = (build.store(pacu, "PACU Supply Room", "recovery supply", "PACU supply"),)
    for n in range(1, 13):
        build.add(pacu, PlaceKind.ROOM, f"PACU Bay {n}", *_unit_words("bay", n), step=(2.0 * n, 3.0))
    holding = build.add(
        pacu, PlaceKind.ROOM, "Pre-op Holding", "pre-op", "preop", "pre op", "holding", step=(-12.0, 0.0)
    )
    build.cabinet(holding, "Cabinet", 3, "pre-op cabinet")


def _critical(build: _Builder, units: _Units, rooms: dict[str, PlaceId], shelves: _Shelves) -> None:
    crash: list[tuple[PlaceId, ...]] = []

    def cart(parent: PlaceId, n: int) -> tuple[PlaceId, ...]:
        return build.cabinet(
            parent,
            f"Crash Cart {n}",
            4,
            *_unit_words("code cart", n),
            f"crash cart {SPOKEN[n]}",
            kind=PlaceKind.CART,
        )

    icu = units["ICU"]
    rooms["ICU"] = icu
    shelves["ICU"] = (
        build.store(icu, "ICU Supply Room", "ICU supply", "clean utility", "ICU clean utility", cabinets=5),
    )
    for n in range(1, 17):
        build.add(icu, PlaceKind.ROOM, f"ICU {n}", f"ICU bed {n}", f"ICU room {n}", step=(2.5 * n, 4.0))
    respiratory = build.add(
        icu, PlaceKind.STOREROOM, "RT Closet", "RT", "RT supply", "RT supply room", "respiratory", "respiratory therapy",
        "R.T. closet", step=(-6.0, 2.0),
    )  # fmt: skip
    shelves["RT"] = (build.cabinet(respiratory, "Cabinet 1", 5) + build.cabinet(respiratory, "Cabinet 2", 5),)
    build.cabinet(icu, "Central Line Cart", 3, "line cart", kind=PlaceKind.CART)
    crash.append(cart(icu, 2))
    ed = units["ED"]
    rooms["ED"] = ed
    shelves["ED"] = (build.store(ed, "ED Supply Room", "ED supply", "emergency supply room", cabinets=5),)
    bays = []
    for n in range(1, 4):
        bay = build.add(
            ed, PlaceKind.ROOM, f"Trauma Bay {n}", *_unit_words("trauma", n), f"trauma bay {SPOKEN[n]}", f"trauma room {n}",
            *(("ED trauma", "trauma bay", "trauma room", "resus") if n == 1 else ()), step=(-6.0, 4.0 * n),
        )  # fmt: skip
        rooms[f"Trauma Bay {n}"] = bay
        if n < 3:
            bays.append(build.cabinet(bay, "Trauma Cart", 4, f"trauma cart {n}", kind=PlaceKind.CART))
    shelves["TB"] = tuple(bays)
    for n in range(1, 15):
        build.add(
            ed, PlaceKind.ROOM, f"ED Room {n}", f"ED {n}", f"ED bed {n}", f"ED bay {n}", step=(3.0 * n, 6.0)
        )
    build.add(ed, PlaceKind.ROOM, "ED Triage", "triage", "emergency triage", step=(-4.0, -4.0))
    build.cabinet(ed, "Iso Cart 1", 2, "isolation cart 1", kind=PlaceKind.CART)
    build.cabinet(ed, "Iso Cart 2", 2, "isolation cart 2", kind=PlaceKind.CART)
    build.cabinet(ed, "IV Cart 1", 2, "iv cart", kind=PlaceKind.CART)
    build.cabinet(ed, "IV Cart 2", 2, "second iv cart", kind=PlaceKind.CART)
    crash.append(cart(ed, 1))
    crash.append(cart(units["PAC"], 3))
    nicu = units["NIC"]
    rooms["NIC"] = nicu
    shelves["NIC"] = (build.store(nicu, "NICU Supply Room", "NICU supply", "nursery supply"),)
    for n in range(1, 5):
        build.add(nicu, PlaceKind.ROOM, f"NICU Pod {n}", f"pod {n}", step=(4.0 * n, 3.0))
    build.cabinet(nicu, "Milk Room", 2, "breast milk room", step=(-4.0, 2.0))
    delivery = units["LD"]
    rooms["LD"] = delivery
    shelves["LD"] = (
        build.store(delivery, "LDR Supply Room", "LDR supply", "L&D supply", "labor supply", cabinets=5),
    )
    for n in range(1, 9):
        build.add(delivery, PlaceKind.ROOM, f"LDR {n}", *_unit_words("labor room", n), step=(3.0 * n, 5.0))
    triage = build.add(
        delivery, PlaceKind.ROOM, "OB Triage", "obstetric triage", "L&D triage", step=(-5.0, 2.0)
    )
    shelves["OBT"] = (build.cabinet(triage, "Cabinet", 3, "triage cabinet"),)
    build.add(delivery, PlaceKind.ROOM, "OB OR", "c-section room", "section room", step=(-8.0, 4.0))
    shelves["HC"] = (
        build.cabinet(delivery, "Hemorrhage Cart", 3, "PPH cart", "OB hemorrhage cart", kind=PlaceKind.CART),
    )
    build.cabinet(delivery, "L&D Pyxis", 3, "labor pyxis", "pyxis 4")
    shelves["CC"] = tuple(crash)


def _procedural(build: _Builder, units: _Units, rooms: dict[str, PlaceId], shelves: _Shelves) -> None:
    cath = units["CL"]
    rooms["CL"] = cath
    cath_shelves = [build.store(cath, "Cath Supply Room", "cath lab supply", "cath core", cabinets=5)]
    for n in range(1, 4):
        room = build.add(
            cath,
            PlaceKind.ROOM,
            f"Cath Lab {n}",
            *_unit_words("cath", n),
            f"cath lab {SPOKEN[n]}",
            step=(6.0 * n, 5.0),
        )
        rooms[f"Cath Lab {n}"] = room
        cabinet = build.cabinet(room, "Cabinet", 5, f"cath lab {n} cabinet")
        if n < 3:
            cath_shelves.append(cabinet)
    shelves["CL"] = tuple(cath_shelves)
    lab = build.add(cath, PlaceKind.ROOM, "EP Lab", "EP", "E.P. lab", "electrophysiology", step=(26.0, 5.0))
    rooms["EP"] = lab
    shelves["EP"] = (build.cabinet(lab, "Cabinet", 5, "EP cabinet"),)
    build.add(cath, PlaceKind.ROOM, "Cath Holding", "cath recovery", step=(-6.0, 3.0))
    endo = units["EN"]
    rooms["EN"] = endo
    endo_shelves = [build.store(endo, "Endo Supply Room", "endoscopy supply", "GI supply")]
    for n in range(1, 5):
        room = build.add(
            endo, PlaceKind.ROOM, f"Endo Room {n}", *_unit_words("endo", n), *_unit_words("GI", n), *_unit_words("procedure", n),
            f"procedure room {n}", f"endo room {SPOKEN[n]}", step=(5.0 * n, 4.0),
        )  # fmt: skip
        rooms[f"Endo Room {n}"] = room
        cabinet = build.cabinet(room, "Cabinet", 2, f"endo {n} cabinet")
        if n == 2:
            endo_shelves.append(cabinet)
    shelves["EN"] = tuple(endo_shelves)
    build.add(endo, PlaceKind.ROOM, "Scope Room", "scope reprocessing", step=(-4.0, 2.0))
    radiology = units["IR"]
    rooms["IR"] = radiology
    shelves["IR"] = (build.store(radiology, "IR Supply Room", "IR supply", "angio supply", cabinets=5),)
    for n in (1, 2):
        room = build.add(radiology, PlaceKind.ROOM, f"IR {n}", *_unit_words("IR room", n), *_unit_words("angio", n),
                         f"IR {SPOKEN[n]}", f"I.R. {n}", step=(6.0 * n, 5.0))  # fmt: skip
        rooms[f"IR {n}"] = room
        build.cabinet(room, "Cabinet", 3, f"IR {n} cabinet")
    build.add(radiology, PlaceKind.ROOM, "CT", "CT scan", "CT room", step=(20.0, 5.0))


def _wards(build: _Builder, units: _Units, rooms: dict[str, PlaceId], shelves: _Shelves) -> None:
    ward_shelves = []
    floors = units["MS"]
    for name, floor, dx, aliases in (
        ("5 North", 5, 0.0, ("5N", "five north", "5 N", "north five")),
        ("5 East", 5, 40.0, ("5E", "five east", "5 E")),
        ("4 West", 4, 0.0, ("4W", "four west", "4 W")),
    ):
        ward = build.add(floors, PlaceKind.UNIT, name, *aliases, at=(floor, 30.0 + dx, 20.0))
        rooms[name] = ward
        ward_shelves.append(
            build.store(ward, f"{name} Supply Room", f"{aliases[0]} supply", f"{name} clean utility")
        )
        for n in range(1, 13):
            number = f"{floor}{n:02d}" if name != "5 East" else f"5{n + 20}"
            build.add(ward, PlaceKind.ROOM, f"Room {number}", number, step=(3.0 * n, 4.0))
        build.cabinet(ward, f"{aliases[0]} Omnicell", 2, f"{name} omnicell", f"{name} pyxis", step=(2.0, 1.0))
    shelves["MS"] = tuple(ward_shelves)
    five_north = rooms["5 North"]
    crash = build.cabinet(
        five_north, "Crash Cart 4", 4, *_unit_words("code cart", 4), "crash cart four", kind=PlaceKind.CART
    )
    shelves["CC"] = (*shelves["CC"], crash)
    build.cabinet(five_north, "Wound Care Cart", 2, "wound cart", kind=PlaceKind.CART)
    clinic = units["CLI"]
    rooms["CLI"] = clinic
    shelves["CLI"] = (build.store(clinic, "Clinic Supply Room", "clinic supply", "riverside supply room"),)
    for n in range(1, 9):
        build.add(clinic, PlaceKind.ROOM, f"Exam Room {n}", f"exam {n}", step=(3.0 * n, 4.0))
    build.add(
        clinic, PlaceKind.ROOM, "Peds Clinic", "peds", "pediatrics", "pediatric clinic", step=(0.0, 8.0)
    )
    build.add(clinic, PlaceKind.ROOM, "Derm Clinic", "dermatology clinic", "dermatology", step=(8.0, 8.0))
    build.add(clinic, PlaceKind.ROOM, "Urgent Care", "urgent care center", step=(16.0, 8.0))
    build.add(clinic, PlaceKind.ROOM, "Infusion Center", "infusion", "infusion suite", step=(24.0, 8.0))
    build.add(clinic, PlaceKind.ROOM, "Wound Care Room", "wound care", "wound clinic", step=(4.0, 12.0))
    build.cabinet(clinic, "Vaccine Fridge", 2, "fridge", "vaccine refrigerator")
    office = units["ORT"]
    rooms["ORT"] = office
    cast = build.add(office, PlaceKind.ROOM, "Cast Room", "casting room", "plaster room", step=(5.0, 3.0))
    shelves["ORT"] = (
        build.store(office, "Ortho Supply Room", "ortho supply", "ortho closet", cabinets=3)
        + build.cabinet(cast, "Cabinet", 4, "cast cabinet"),
    )


def _support(
    build: _Builder, units: _Units, shelves: _Shelves
) -> tuple[tuple[PlaceId, ...], tuple[PlaceId, ...]]:
    sterile = units["SPD"]
    build.add(sterile, PlaceKind.ROOM, "Decontam", "decontamination", "dirty side", step=(-10.0, 0.0))
    build.add(sterile, PlaceKind.ROOM, "Assembly", "prep and pack", "clean side", step=(0.0, 4.0))
    build.add(sterile, PlaceKind.ROOM, "Sterilizer Room", "autoclaves", step=(6.0, 4.0))
    store = build.add(
        sterile, PlaceKind.STOREROOM, "SPD Storage", "sterile storage", "instrument room", step=(10.0, 0.0)
    )
    shelves["SPD"] = (
        tuple(s for n in range(1, 5) for s in build.cabinet(store, f"Rack {n}", 4, step=(1.5 * n, 0.0))),
    )
    central = units["CEN"]
    docks = tuple(
        build.add(central, PlaceKind.DOCK, f"Dock {n}", f"dock {SPOKEN[n]}", f"loading dock {n}",
                  *(("dock", "the dock", "loading dock", "receiving") if n == 1 else ()), step=(-10.0, 3.0 * n))
        for n in (1, 2)
    )  # fmt: skip
    room = build.add(central, PlaceKind.STOREROOM, "Main Store", "central supply room", "storeroom", "the warehouse",
                     step=(6.0, 4.0))  # fmt: skip
    bins: list[PlaceId] = []
    for n in range(1, 25):
        rack = build.add(room, PlaceKind.CABINET, f"Aisle {(n + 3) // 4} Rack {n}", f"rack {n}", f"aisle {n}",
                         step=(2.0 * ((n - 1) // 4), 1.5 * ((n - 1) % 4)))  # fmt: skip
        bins.extend(build.add(rack, PlaceKind.BIN, f"Bin {n:02d}-{b}", f"bin {n}{b}") for b in "ABCDEFGH")
    build.add(central, PlaceKind.ROOM, "Biomed", "biomedical engineering", "equipment room", step=(14.0, 8.0))
    return tuple(bins), docks
