"""How English words are spelled, contracted, shortened and inflected: tables from what people type to plain words."""

from __future__ import annotations


def table(text: str) -> dict[str, str]:
    """Return the entries of ``text``: ``typed = plain``, between bars."""
    entries = (entry.partition("=") for entry in text.split("|"))
    return {typed.strip(): plain.strip() for typed, _, plain in entries}


CONTRACTIONS = table(
    """
    can't = can not | cannot = can not | won't = will not | shan't = shall not | ain't = is not | let's = let us |
    what's = what is | who's = who is | where's = where is | when's = when is | how's = how is | why's = why is |
    that's = that is | it's = it is | he's = he is | she's = she is | there's = there is | here's = here is |
    what're = what are | whats = what is | whos = who is | wheres = where is | hows = how is | whens = when is |
    thats = that is | dont = do not | doesnt = does not | didnt = did not | cant = can not | wont = will not |
    isnt = is not | arent = are not | wasnt = was not | werent = were not | couldnt = could not |
    shouldnt = should not | wouldnt = would not | havent = have not | hasnt = has not | hadnt = had not |
    aint = is not | im = i am | ive = i have | youre = you are | youve = you have | theyre = they are |
    o'clock = oclock
    """
)
"""Contractions that no ending explains, and those written without their apostrophe."""

ENDINGS = {"n't": " not", "'re": " are", "'m": " am", "'ve": " have", "'ll": " will", "'d": " would", "'s": ""}

SHORTHAND = table(
    """
    u = you | r = are | ur = your | ya = you | y'all = you | yall = you | ye = you | y = why | pls = please |
    plz = please | thx = thanks | tnx = thanks | ty = thanks | cheers = thanks | wanna = want to |
    gonna = going to | gotta = have to | gimme = give me | lemme = let me | cuz = because | coz = because |
    wat = what | wut = what | wot = what | whaddya = what do you | teh = the | hw = how | hru = how are you |
    abt = about | bout = about | sth = something | pc = computer | os = operating system | fav = favorite |
    fave = favorite | prez = president | tv = television | bday = birthday | luv = love | doin = doing |
    goin = going | ok = okay | wassup = what is up | whassup = what is up | whatsup = what is up |
    sup = what is up | tho = though | hiya = hi | heya = hi | hey = hi | howdy = hello | yo = hi | hullo = hello |
    hallo = hello | bye = goodbye | byebye = goodbye | cya = see you later | farewell = goodbye | gn = good night |
    wifi = internet | jfk = john kennedy | ww2 = world war ii | wwii = world war ii |
    ai = artificial intelligence | usa = united states | america = united states | uk = united kingdom |
    britain = united kingdom | 1st = first | 2nd = second | 3rd = third | lotr = lord of the rings |
    js = javascript | ts = typescript | bst = binary search tree | bfs = breadth first search |
    dfs = depth first search | mum = mother | mom = mother | dad = father | app = program | hal9000 = hal 9000 |
    footballer = football player | footballers = football players | fridge = refrigerator | pm = prime minister |
    nyc = new york city | rn = right now | msg = message | dunno = do not know | cos = because |
    idk = do not know | nite = night | lang = language | langs = languages | ppl = people | info = information
    """
)

BRITISH = table(
    """
    colour = color | favourite = favorite | humour = humor | neighbour = neighbor | behaviour = behavior |
    centre = center | theatre = theater | programme = program | grey = gray | metre = meter | litre = liter |
    labour = labor | honour = honor | flavour = flavor | aeroplane = airplane | cheque = check |
    recognise = recognize | realise = realize | aluminum = aluminium | jewellery = jewelry | tyre = tire
    """
)

IRREGULAR = table(
    """
    wrote = write | written = write | won = win | built = build | made = make | began = begin | begun = begin |
    known = know | knew = know | said = say | ate = eat | eaten = eat | felt = feel | forgotten = forget |
    lost = lose | dying = die | told = tell | spoke = speak | spoken = speak | thought = think | went = go |
    gone = go | going = go | saw = see | seen = see | heard = hear | fought = fight | grew = grow | came = come |
    found = find | gave = give | given = give | paid = pay | sold = sell | bought = buy | children = child |
    men = man | women = woman | people = person | feet = foot | teeth = tooth | mice = mouse | sang = sing |
    taught = teach | led = lead | meant = mean | swam = swim | stung = sting | held = hold | kept = keep |
    dreamt = dream | shot = shoot | born = birth | invention = invent | writing = write | lives = live |
    using = use | used = use | uses = use | ran = run | drove = drive | driven = drive | chose = choose |
    drank = drink | drunken = drunk | broke = break | broken = break | stole = steal | fell = fall | left = leave |
    met = meet | slept = sleep
    """
)
"""Forms that no rule leads to the stem of."""
