"""What the English bot knows of single words: which say little, which ask for what, which are right as typed."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ARTICLES = _set("a an the to of in on at for by as and or but than that this these those there it its s")
"""Words that say nothing here about what is asked."""

FILLERS = _set("""
    really very just actually please ever exactly then so well also too anyway still even maybe currently
    basically today now current right
    honestly seriously kindly quickly again okay oh ah um uh hmm mate buddy bro dude lol
    haha some any much yeah though once about quite pretty totally simply pal hi hello there from with keep keeps
    keeping got get gets always constantly suddenly sometimes often usually whole itself themselves able one ones
    other others away ago totally completely absolutely normally generally mostly
    around approximately roughly originally stay stays stayed remain remains remained become becomes became
    """)
"""Words that may stand in any sentence without changing it. They count a little: sentences of them can match."""

AUXILIARIES = {
    word: form
    for form, words in {
        "be": "am is are was were be been being",
        "do": "do does did doing done",
        "have": "have has had having",
        "can": "can could may might",
        "will": "will would shall",
        "should": "should must",
        "us": "us we our",
    }.items()
    for word in words.split()
}

FIRST_PERSON = _set("i me my mine myself")
SECOND_PERSON = _set("you your yours yourself")
THIRD_PERSON = _set("he she him her his hers they them their theirs")
NEGATIONS = _set("not no never none nothing nobody without")
WH_WORDS = _set("who whom whose when where why how what which")

ASKED_NOUNS = {
    "color": "color",
    "who": """
    president author writer artist painter actor actress astronomer singer star leader designer character player
    person man woman girl boy celebrity rapper scientist inventor poet pioneer minister ceo king queen director
    guy lady
    """,
    "when": "year date day century month decade time",
    "nation": "country nation",
    "where": "city state continent museum town location place building sea region",
    "how many": "number amount count",
}
"""Nouns that say after "what" or "which" which kind of answer is asked for."""

GENERAL = _set("""
    world earth universe sky solar system globe planet place thing kind type sort person somebody someone name
    word term called known famous common following entire given considered actual original official standard say
    mean only body use anything something everything stuff nickname call refer certain particular main major own
    belong associate possible happen occur stand existence exist feel release publish hold
    level part member example sample snippet tutorial letters
    per capita
    problem issue trouble another different alternative implement code scientific study
    """)
"""Words that are often left out, or added, without asking for anything else."""

PROGRAMMING = _set("""
    python javascript typescript java kotlin swift scala rust ruby php perl haskell cobol fortran pascal basic c
    csharp golang lua matlab lisp clojure elixir erlang julia dart bash sql assembly vba prolog scheme ocaml
""")
"""Languages: code in one of them is no answer to who wants it in another."""

EVERYDAY = (
    _set("""
    tell joke jokes know work works like love hate good nice meet name make made mean feel want hello thanks sorry
    favorite please about from with give find look come think
""")
    | WH_WORDS
    | FIRST_PERSON
    | SECOND_PERSON
    | frozenset(AUXILIARIES)
)
"""Short words that everybody types all the time, and mistypes."""

CLASSES = _set(
    "book novel movie film song game sport animal country city state group band author language company show series "
    "cartoon ship star singer painter painting artist actor actress writer character town comic brand breed query "
    "function bar substance material"
)
"""Words that may stand beside a name that says more: "the book Frankenstein"."""

NO_SUPERLATIVES = _set(
    "honest dishonest forest interest request harvest digest suggest protest contest arrest everest modest earnest"
)

REAL_WORDS = _set("""
    able above accept across actor adult afraid after again age agree air allow alone along also always among
    angel anger angle animal ankle answer apple april area argue arm army art asia ask aunt away baby back bacon
    bad bag bake ball banana band bank bar base basic bath bats beach bean bear beard beat beer bees before begin
    behind being bell belt bend berry better bike bill bird birth bite bitter black blade blame blank blend bless
    blind block blog blood bloom blow board boat body boil bomb bond bone bonus boot born boss both bowl boxer
    boys brain brake branch brand brave bread break brick bride bridge brief bright bring broad broken brush
    budget bug build bull burn bus bush busy butter button cabin cable cage cake calf call calm camel camera camp
    canal candle candy cape card care cargo carpet carrot carry cart case cash cast castle cat catch cats cattle
    cause cave cell cent chain chair chalk change charm chart cheap cheat cheek cheer cheese chef cherry chess
    chest chew chief chile chili chin china chip choir choose church cider cinema circle circus civil claim clap
    clean clear clerk click cliff climb clock close cloth cloud clown club coach coal coast coat cobra cocoa code
    coffee coin coke cold comb come comedy comet comic cook cookie copper copy coral cord cork corn corner cost
    cotton couch cough course court cousin cover cow crab crack craft crane crash cream create crew crime crop
    cross crow crowd crown cruel cuba cube cup cure curry curve cycle dance danger dark data date dawn deal dear
    debt decade decay deep deer delay delhi denim dense dental depth desert desk diet dig dinner dish diver dock
    doctor doll dollar donkey door dose double doubt dove down dragon draw dream dress drift drill drive drop drum
    duck dust duty eager eagle early earn earth east easter easy echo edge editor eggs egypt eight elbow elder
    elect elf empty enemy energy enjoy enough enter entry equal error escape essay ethics europe even event every
    evil exam exist exit expert extra eyes fable face fact fail fair faith fake fall fame family fan far farm fast
    fat fate favor fear feast feed fence ferry fever few fiction field fifth fifty fight file fill find fine
    finger fire firm fish fist five fix flag flame flat flesh flight flood floor flour flow flower flu fluid flute
    fly foam fold folk food fool foot force forest fork form fort forty forum fossil four fox frame france free
    fresh fridge friend frog front frost fruit fuel full fund funny future gain game garage garden garlic gas gate
    gear gene genius ghana ghost giant gift ginger girl give glad glass globe glory glove glue goal goat gods gold
    golf good goose gospel grab grace grade grain grand grape grass grave gravy great greece greed green grill
    grip ground grow guard guess guest guide guilt guitar gym habit hair half hall hammer hand handle hang happen
    harbor hard harm hate have hawk head health heap hear heart heat heaven heavy height helmet help herb hero
    hide hill hint hire hold hole holy home honey honor hood hope horn horror horse hose hotel hour house huge
    human hunger hunt hurry hurt husband ice icon idea inch india indoor infant inner input iran iraq iron island
    issue italy ivory jacket jail japan jar jazz jeans jelly jewel job join judge juice jump jungle junior jury
    just justice keen kenya kettle key kick kid kidney kill kind king kiss kitchen kite kitten knee knife knight
    knit knob knock knot know label lace ladder lady lake lamb lamp land lane large laser last late later laugh
    law lawn lawyer layer lazy lead leaf learn lease leave left leg legal legend lemon lens less lesson letter
    level libya lift light like limb limit line lion lip list live liver lizard load loan local lock logic london
    long look loop lord lose loss lost loud love lower luck lunch lung lying machine madam magic magnet main major
    make male mall mammal manage mango map maple march mark market marry mars mask mass match mate math matter
    mayor maze meal mean meat medal media medic melon melt member memory menu mercy metal method mexico middle
    mile milk mill mind mine minor minus minute mirror miss mist mix model modern moment money monk monkey month
    mood moon moral most moth mother motor mountain mouth move much mud mummy muscle museum mush music myth nail
    name narrow nasty nature navy near neat neck need needle nepal nerve nest never new news next nice niece night
    nine noble noise noon north norway nose note novel now nurse nut oak oasis oath obey ocean odd offer office
    often oil old olive once onion only open opera opinion orange orbit order organ other otter oval oven over owl
    own oxygen ozone pace pack page pain paint pair palace palm pan panda panic pants paper parade parent paris
    park parrot part party pass past pasta paste path pause peace peach peak pear pearl pen pencil pepper perfect
    period peru pet phone photo piano pick picnic piece pigeon pile pill pillow pilot pink pint pipe pirate pitch
    pizza place plain plan plane planes plant plate play please plenty plot plug plum plus pocket poem poet point
    poison poker poland polar pole police polish polite pond pony pool poor pope port post pot potato pound power
    pray press price pride priest prince print prison prize proof proud public puma pump punch pupil puppy pure
    purple purse push puzzle queen quest quick quiet quilt quit quite quiz rabbit race radar radio rail rain raise
    range rank rare rat rate raven raw reach ready real reason rebel recipe record reef refuse relax remote rent
    repair reply rescue rest return rice rich ride rifle right ring riot ripe rise risk river road roast rob rock
    rocket rod role roll roman rome roof room root rope rose rough round route royal rubber ruby rude rug ruin
    rule run rush russia sad saddle safe sail saint salad salary salmon salt same sand santa sauce save scale scar
    scare scarf scene school score scout scream sea seal search season seat second secret seed self sell send
    senior sense serve seven shade shadow shake shape share shark sharp shave sheep sheet shelf shell shift shine
    ship shirt shock shoe shop shore short shot show shower shrimp shut shy side sign silk silly silver since sing
    sink sister site size skate ski skill skin skirt skull sky slave sleep slice slide slim slope slow small smart
    smell smile smoke smooth snack snail snake snow soap social sock soda sofa soft soil solar sold solid some son
    song soon sore sort soul soup sour south space spade spain spare speak speech speed spell spend spice spider
    spin spine spirit split spoon spring spy square squid stable staff stage stair stamp stand star start state
    statue stay steak steal steam steel stem step stick still sting stock stone stop store stork storm story stove
    straw stream street stress strike string strong study style sugar suit summer sun super supper surf swan sweat
    sweden sweet swim swing sword syria syrup table tail take tale talent talk tall tank tape target task taste
    tax taxi tea teach team tear teen tell tempo ten tennis tent term test text thank theft theme theory thick
    thief thin thing think third thorn thread three throat throne throw thumb thunder ticket tide tie tiger tight
    tile timber time tin tiny tip tired tissue title toast toe tomato tone tongue tool top torch total touch tour
    towel tower town toy track trade trail train trap trash tray treat tree trend trial tribe trick trip troop
    truck true trunk trust truth try tube tulip tuna tune tunnel turkey turn turtle twelve twenty twice twin type
    ugly uncle under union unit until upper urban urge use usual valley value van vapor vein venom venus verb
    verse very vest video view villa vine violet violin virus visa vision visit vodka voice volcano vote wage
    wagon waist wait wake wales walk wall want war warm wash wasp waste watch water wave wax way weak wealth wear
    weather web wedding weed week weigh weight west whale wheat wheel where whip whisky white whole wide wife wild
    win wind wine wing winter wire wise wish witch wolf woman wonder wood wool word work worm worry worse worst
    worth wound wrap wreck wrist write wrong yacht yard year yeast yell yellow yemen yes yoga young youth zebra
    zero zinc zombie zone zoo
    """)
"""Words that people type and mean, so that no slip of the fingers is seen in them: "lake" is not "like"."""
