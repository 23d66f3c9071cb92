"""Words that name nobody: only these may stand, outside what is labelled, in a message that is kept for labelling.

They are what at least two of the training messages' writers used at least three times, with days, months, numbers and measures;
words that are also people's names are taken out.
"""

from __future__ import annotations

_WORDS = """
a able about above absolutely accept across actual actually add address adjust admin admit after afternoon
again against ahead alarm alcohol alert alerts all allergic allergy allowed almost already alternatives am
an and another answer any anybody anymore anyone anything anywhere appreciate approve approved apr april are
around arrive arrived arrives as asap aside ask asked asking at aug august autumn available average away b
back backorder backordered backup bad badge bag bags balance barcode bathroom be because bed beds been
before below best between bin bins block board book borrowed bot both bottle bottles brand break bring
bringing broken brought budget bug building bump bundle bundles burn burned but buy buyer bx by c cabinet
cafeteria call came can can't cancel cancelled cant capital carried carry carton cartons carts case cases
catalog cc change changed charge charged chart check checking clean clear close closest closet closing cm
code collecting come coming commands commission comparable compare confirm confirmed consigned consignment
consume consumed consumption contract correct cost costs could count counted couple cover cracked crush cs
current cut cycle daily damaged date dated dates day days dead dec december deduct dehp delete deliver
delivered delivery departments desk did didn't difference discard discontinued disregard do does doesn't
doing dollar dollars don't done dont door dose double down dozen drawer drop dropped during dust ea each
earliest eight eighteen eighty eleven else em email empty enc encounter end enough enter entered entry epic
equivalent eta even evening ever every everything everywhere exactly example excess exp expense expensive
expiration expirations expire expired expires expiring expiry extra eye failed far fast fda feb february
fell few field fifteen fifty fill finally finance find fine first fit five fix float floor for forget forty
found four fourteen fr free french fri friday fridge from full ga game gauge gave get gets getting gimme
give go goes going gone gonna good got grab grabbed gram grams great group gtin guy guys had half hand
happened has hasn't have haven't he heads hear hello help here hey hi high his history hit hold holding hole
home hospital hour hours house housekeeping how how's huh hundred i i'd i'll i'm i've if ignore implanted in
inch inches incorrect increase infection inside instead instructions insurance into inventory is isn't
isolate it it's item items its jan january job joke jul july jun june just k keep keeps kept kindly kit kits
know label lady land large last late latex leak leaked leaking least leave left length lent less let let's
letter level lg like lines list lists liter liters live loaner location lock log logged lol long longer look
looked looking looks lot lots love low lower lunch made make makes manager manufacturer many mar march match
maximum may me mean meant measure med medium meeting message mg min mind mine minimum minute minutes missing
mistake ml mm mon monday money month monthly more morning most move moved movement movers moving mrn msg
much mute my n nah name near need needed needle needs negative never new news next nice night nights nine
nineteen ninety no nobody none nope normal not nothing notifications notify nov november now number numbers
nurse nurses nvm obsolete oct october of off often oh ok okay old on once one ones only oops open opened
options or order ordered orders other our out outdated outdates outstanding over overnight overstock
overstocked own p pack packing packs page paid pair pairs par park parking pars password past patient
patient's patients pay pending people per perfect person pharmacy physical physically picked piece pieces
ping pizza pk place plan play please pls plus po point policy popped porter pos post previous price print
printer product pt pts pull pulled purchase put pyxis qty quantity quarantine quarter questions quick r
raise ran range rate read real really recall recalled receipt receive received record recorded red ref
release relocate remaining remind remove reorder rep replace replacement report req request requisition rest
restock returned returning reverse review rid right rn roll rolls room rooms run runner running runs s safe
said same sat saturday saved say says scan scanned schedule scrap scratch screen scrub season second see
seen segregate send sending sent sep sept september sequester serial serials service set seven seventeen
seventy several she sheet shelf shift ship shipment shipped short shortages should show showed shows sign
signed single sitter sitting six sixteen sixty size sizes skip sleeve sleeves slow sm small sn so some
somebody someone something somewhere soon soonest sorry spanish spare spend spending spent spring staff
standing start stat status stay sterile sticker still stock stocked stockouts stop store stuck stuff sub
submit substitute summer sun sunday sup supplier supplies supply supposed sure surgeon surplus swap system
tag take takes taking talk teach team tech tell temp temperature ten text than thank thanks that that's
thats thawed the their them then there there's theres these they they're thing things think thirteen thirty
this those thousand three threw through throw thru thu thurs thursday thx tied till time times to today
toilet tomorrow tonight too took top topping tore toss tossed total touched trace track transfer transport
trash tray trays trend truck true tube tue tues tuesday turn turning turnover turns twelve twenty twice two
ty type u uh um un under undo unit units unsubscribe until unused up update ups us usage use used uses using
usually value vendor verify vial vials void vs w wait waiting want wants warn was waste wasted watch way we
we're we've wear weather wed wednesday week weekend weekends weekly weight went were wet what what's whats
when when's whenever where where'd where's which while who who's whole why wide wifi will winter with won
work worst would wouldn't wrapper write wrong x xl xs xxl y yeah year years yep yes yesterday yet yo you
you're your yup zero
"""

PLAIN_WORDS = frozenset(_WORDS.split())
