"""The words that show what a question asks, and the small words that show nothing. Data; ``evidence`` reads with it."""

from __future__ import annotations

import re

from bot.understanding.draft import Verb
from domain.usecases.ask.requests import Aspect, UsageGroup


def _words(phrases: str) -> re.Pattern[str]:
    """Whole phrases, each a pattern, parted by semicolons."""
    each = (" ".join(phrase.split()) for phrase in phrases.split(";"))
    return re.compile(r"\b(?:" + "|".join(each) + r")\b", re.IGNORECASE)


CUES: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    (
        Verb.TRACE,
        _words(r"""
            trace; lots? (?:number|no|num)\b.*; who (?:got|received|had|used|implanted)\b.*\b(?:lot|serial|sn);
            (?:lot|serial|sn) #?[\w-]*\d[\w-]*
        """),
    ),
    (
        Verb.SLOW,
        _words(r"""
            slow(?:est)?[- ](?:mov\w*|stock|items?|sellers?); slow stuff; slow movers?; dead (?:stock|inventory|items?|weight);
            over[- ]?stock\w*; not mov(?:ed|ing); (?:has|have|is|are|does|do|did)(?:n'?t| not|nt) (?:been )?(?:mov\w+|touched|turn\w*);
            (?:has|have)(?:n'?t| not|nt) been used; never (?:moves?|moved|gets? used|used|touched); collecting dust; gathering dust; dusty;
            days on hand; (?:inventory |stock )?turns; turnover; excess (?:stock|inventory); surplus; obsolete;
            (?:cash|money) (?:is )?tied up; tied up in; just sit(?:s|ting); sitting (?:there|around|on (?:the|our) shel\w+)
        """),
    ),
    (
        Verb.SPEND,
        _words(r"""
            spend\w*; spent; expenses?; expenditures?; cost reports?; waste cost\w*; cost of waste; waste by;
            costs? (?:by|per (?!each|box|case of|unit|pack|item)|a case); per[- ]case costs?; by cost; money (?:did|have|went|goes|go);
            (?:did|does|do|has|have) .{1,40} cost us
        """),
    ),
    (
        Verb.EXPIRY,
        _words(r"""
            expir\w*; out ?dat\w*; out of date; go(?:ing|es)? bad; past due; short[- ]dat\w*; in date;
            good (?:un)?till?; use[- ]by; exp(?: dates?)?; shelf life; laps(?:e|es|ing);
            past (?:its|their) date
        """),
    ),
    (
        Verb.ORDERS,
        _words(r"""
            on order; back[- ]?order\w*; purchase orders?; po[- #]{0,2}\d+; eta; get(?:ting)? here; gets here; shipments?;
            when (?:do|does|will|are|is|should|can) (?:[\w.-]+ ){0,5}?(?:com(?:e|ing)(?: in)?|arriv\w+|be here|land|show up|due);
            (?:my|our|the|their) orders?; open orders?; deliver(?:y|ies) (?:from|date|status|due|late);
            (?:late|overdue|due|coming|expected|outstanding) from; been ordered; overdue; (?:late|open|outstanding) deliver\w+;
            what(?:'s|s| is) (?:late|coming|on the way)
        """),
    ),
    (
        Verb.INFO,
        _words(r"""
            latex; prices?; cost; costs; suppliers?; vendors?; distributor; who (?:makes|supplies|sells);
            manufactur\w+;
            how many (?:\w+ )?(?:come )?(?:in|to|per) (?:a|an|each|one|the)?\s?(?:box|case|pack|carton|bag|sleeve|package|roll|kit|tray);
            (?:per|each) (?:box|case|pack|carton); pack size; gtin; udi; barcode; catalog(?:ue)? (?:number|no);
            part number; ref number; what sizes?; which sizes?; sizes does; consign\w*; describe; description;
            details; specs?; tell me (?:everything )?about; who do we (?:buy|get); sterile; single use;
            unit of measure; uom; refrigerat\w*; what is (?:a|an|the|item); what's (?:a|an)\b; storage temp\w*
        """),
    ),
    (
        Verb.USAGE,
        _words(r"""
            usage; consum\w+; burn(?:ed|ing)?(?: rate| through)?; go(?:ne|ing|es)? thr(?:u|ough); went through;
            (?:did|do|does|have|has|were|was|been|be|got|get) (?:\w+ ){0,4}use[d]?;
            used (?:last|this|since|in|per|by|on|up); use (?:last|this|per|by|since|rate); how fast;
            opened (?:last|this|since); most used; uses?(?= (?:the most|more))
        """),
    ),
    (
        Verb.LOW,
        _words(r"""
            low; lowest; below (?:par|min\w*); under (?:par|min\w*); (?:running|run) (?:low|out|short);
            short(?:ages?| on| in|s)?; restock\w*; stock ?outs?; par check; (?:fill|pick|hot) list;
            top(?:ping|ped)? up; replenish\w*; what(?:'s|s| is)? (?:empty|missing)
        """),
    ),
    (
        Verb.FIND,
        _words(r"""
            where; where's; wheres; find; locat(?:e|ion|ed);
            which (?:bin|shelf|drawer|cart|cabinet|room|pyxis|closet|aisle|rooms|carts); looking for;
            who (?:has|carries|keeps); point me; whereabouts; closest; nearest;
            (?:bin|shelf) (?:number|loc\w*); what (?:shelf|bin|drawer|cabinet|aisle)
        """),
    ),
    (
        Verb.STOCK,
        _words(r"""
            how (?:many|much); do (?:we|you|u|i) (?:still )?(?:have|got|hav|stock|carry);
            have (?:we|you) (?:got )?; on[- ]hand; in stock; stock; got any; (?:any|anything) .{0,40}left;
            left; qty; supply of; quantity; count; are there; is there; any; enough; available; inventory; we good on;
            does .{1,30} have; balance; out of
        """),
    ),
)
"""In order of how telling they are: "how many of these expire" asks for dates, not for a count."""

ASPECTS: tuple[tuple[Aspect, re.Pattern[str]], ...] = (
    (
        Aspect.LATEX,
        _words(r"""
            latex; allerg\w+
        """),
    ),
    (
        Aspect.PRICE,
        _words(r"""
            prices?; costs?; how much (?:is|are|does|do|for|per); paying; pay; run us; cheaper; \$
        """),
    ),
    (
        Aspect.PACK,
        _words(r"""
            how many (?:\w+ ){0,3}(?:in|per|to|come); pack(?:s|aging)? ?(?:size|qty|levels?)?;
            (?:per|in a|to a|by the) (?:box|case|pack|carton|bag|sleeve); uom; unit of measure; pkg qty;
            come (?:in|by) (?:a )?(?:box|case|pack)\w*; boxes or; each or
        """),
    ),
    (
        Aspect.SUPPLIER,
        _words(r"""
            suppliers?; supplies; vendors?; distributors?; who (?:makes|sells); manufacturers?; made by; makes;
            buy; get (?:it|them) from; carr(?:y|ies)
        """),
    ),
    (
        Aspect.IDENTIFIERS,
        _words(r"""
            gtin; udi; barcode; catalog(?:ue)?; part number; ref(?:erence)? ?(?:number|no); item number; hibc;
            upc; identifiers?; order number; manufacturer(?:'s)? (?:part )?number
        """),
    ),
    (
        Aspect.OWNERSHIP,
        _words(r"""
            consign\w*; own(?:ed|s)?; ours
        """),
    ),
    (
        Aspect.STORAGE,
        _words(r"""
            store[ds]?; storage; fridge; refrigerat\w*; temp(?:erature)?; freez\w*; frozen; cold
        """),
    ),
    (
        Aspect.SIZES,
        _words(r"""
            sizes; what size\w*; which size\w*; size range
        """),
    ),
)

GROUPS: tuple[tuple[UsageGroup, re.Pattern[str]], ...] = (
    (
        UsageGroup.PROVIDER,
        _words(r"""
            surgeons?; providers?; doctors?; physicians?; docs?
        """),
    ),
    (
        UsageGroup.PROCEDURE,
        _words(r"""
            procedures?; case types?; operations?
        """),
    ),
    (
        UsageGroup.UNIT,
        _words(r"""
            units?; departments?; depts?; floors?; locations?; rooms?; sites?; areas?; places?; services?
        """),
    ),
    (
        UsageGroup.ITEM,
        _words(r"""
            items?; products?; sizes?; brands?
        """),
    ),
    (
        UsageGroup.DAY,
        _words(r"""
            days?; daily
        """),
    ),
    (
        UsageGroup.WEEK,
        _words(r"""
            weeks?; weekly
        """),
    ),
    (
        UsageGroup.MONTH,
        _words(r"""
            months?; monthly
        """),
    ),
)

EVERYWHERE = _words(r"""
    anywhere; everywhere; house[- ]?wide; hospital[- ]?wide;
    in(?: the)? (?:whole )?(?:house|hospital|building); in-house; all units;
    whole (?:house|hospital|building); system[- ]?wide; facility[- ]?wide; on site;
    across the (?:hospital|house|board)
""")
HOME = _words(r"""
    (?:in|on|up|down|over|at|around) here;
    (?:my|our|this) (?:own )?(?:unit|floor|ward|room|dept|department|shelf|shelves|cart|carts|supply room|closet|area|par);
    on (?:the|my) (?:unit|floor|ward); here; my own
""")
WE = _words(r"""
    we; our; us; ours; we've; we're
""")
PRONOUNS = _words(r"""
    it; its; them; they; their; those; these; that one; ones?; that; this one; any more
""")
THERE = _words(r"""
    there(?! (?:any|is|are|a)\b); that (?:unit|place|floor|room)
""")

_SMALL_WORDS = """
    hav enuf wher r u ur hows how's gonna wanna gotta anyone anybody somebody know plz
    make makes made maker sell sells buy buys sold first soonest oldest earliest then surgeon surgeons doctor doctors provider providers
    department departments procedure procedures critical important urgent expensive cheap cheaper consigned owned sterile alternative
    alternatives substitute substitutes instead option options
    fill pick restock restocking replenish replenishment par pars top topped topping shortage shortages stockout stockouts trend
    enough daily weekly monthly rate burn average avg
    a an the of in on at for to from with by and or is are was were be been do does did have has had
    having got get gets getting can could would will should may might i you we they it he she me my our
    your us them their its this that these those there here what whats what's which who whos who's where
    wheres where's when how many much any some all no not yes please pls plz thanks thx ty hi hey hello
    ok okay right now still left more most else other others another out up down over about into need
    needs want wants looking look find show tell give know see check checking keep kept keeps keeping
    store stored stock stocked stocks hand house anywhere everywhere somewhere anything everything
    something nothing one ones count number quantity qty total available expire expires expired expiring
    expiration expiry exp date dates dated soon use used using uses usage long low lower below under par
    min minimum short running run runs ran list item items product products thing things stuff supply
    supplies supplied supplier vendor price cost costs latex free box boxes case cases pack packs come
    comes each per if so just like also then lot lots serial numbers trace size sizes bin shelf drawer
    cabinet cart room unit floor gtin ref sku catalog last next past since until today tomorrow
    yesterday week month year quarter day days weeks months years bot parley um uh er i'm im i've ive
    we're we've don't dont doesn't doesnt can't cant isn't isnt aren't there's theres it's that's thats
    let lets same go goes going good bad location locations located closest nearest near hospital wide
    building current currently report history
    spend spent spending spends expense expenses money dollars budget costliest biggest highest
"""
SMALL = frozenset(_SMALL_WORDS.split())
"""Words that name no thing: a message that holds nothing else names none."""
