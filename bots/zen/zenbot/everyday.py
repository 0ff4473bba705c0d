"""Words that a message may have without speaking of anything, and those that show that it speaks of code. Tables,
no code.
"""

from __future__ import annotations

from .manners import word_set


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


NEUTRAL = word_set(
    """
    a able about absolutely accept acceptable accepted achieve act acting acts actually adage add added adding
    adds admit advance advice advise affect again ago agree agreed ahead aim all allow allowed almost alone
    along already also although always am among amount an and annoying another answer any anybody anyhow anyone
    anything anyway apart aphorism aphorisms apparently appear appears applied applies apply appreciate approach
    appropriate approve are argue argued argues around arrive as aside ask asked asks at attempt attention
    available avoid avoiding avoids aware away awful back bad based basically be bear beat beaten beats became
    because become becomes been begin behave behind being believe belong beside besides best better beyond big
    bigger bit boss both bother bothered bothers bottom bring bringing brings broad build bunch business but by
    call called calls came can care careful carefully case cause caused causes certain certainly chance change
    changed changes changing check checked choose chose clearly client close colleague colleagues combine come
    comes comfortable common company compare compared complain complains complete completely concern concerning
    consider considered considering constantly contain contains content continue continues convince convinced
    cool correct cost costs could couple course cover coworker coworkers create created creates current
    currently customer customers cut cutting daily damn dare dares day days deadline deal dealing deals dear
    decide decided deeper delete deleted deliver delivered demand demands depend depends describe described
    desire despite detail details determine developer developers did didn difference different differently
    directly discover discuss discussed dislike do does doesn doing don done down dozen drop due dumb during
    each early effort eight either else emphasis employer empty encounter encourage end ends engineer engineers
    enjoy enough entire entirely especially essential essentially even evening eventually ever every everybody
    everyone everything everywhere evil exact exactly example examples except exist existing exists expect
    expected experience expert experts explore extra extremely fact fail fairly faith fall false far fault favor
    feel feeling feels fellow few fifteen fifty fill finally find fine finish finished first fit five fix fixed
    fixing focus following follows for force forced forever forget former forth forward found four free
    frequently friday friend friends from front full fully fun fundamentally future gain gather gave generally
    genuinely get gets getting give given go goes going gone good got great grow grown guidance guy guys had
    half handle handles handling happen happened happening happens happy hardly has hate hates have having he
    heavily heavy hello help helpful helps hence her here hey hi high highly him his hmm hold holds honest
    honestly hope hopefully hour hours how however huge human humans hundred i idea ideally ideas if ignored
    imagine importance important improve improved improving in include includes including increase inside insist
    insists instead intend intended interest interested interesting intern interview into introduce invent
    invest involve involved involves is isn issue issues it item items its itself job join judge junior just
    justified justify keep keeps kept key keyboard kind kinda knew know known knows large largely last lately
    later latest lead leader leads lean learned learnt least leave leaves leaving less lesson let lets life like
    likely likes limit limits line lines listen little live local long longer longest look looking looks lose
    loses lost lot lots love low made main mainly major majority make makes making man manage managed management
    manager managers many mark matter matters maxim may maybe me mean meaningful means meant meanwhile meet
    mention mentioned mentions merely mess might million mind mine minor minute minutes miss missing mistaken
    mix mixed moment monday month months more most motto move moves moving much must my myself nearly
    necessarily necessary need needed needs neither never new next nice nine no nobody none nor normal normally
    not note nothing notice noticed now nowadays number numbers obligatory occasionally occur occurs odd of off
    offer offered offers office often oh ok okay old older on once one only onto open opinion opinions or order
    ordinary original other others otherwise ought our ours out outer outside over overall own page pages part
    particular particularly parts passed past path pay people pep per perform perhaps permit permitted person
    peters philosophy phrase pick piece pieces place places please plenty point poor position possible possibly
    practically praise precisely prefer preferable preferably preferred prefers present pretend pretty prevent
    previous principle principles prior probably problem problems proceed produce product products professor
    programmer programmers proper properly propose proposed protect prove proven proverb provide provided
    provides publish purpose push put puts python pythonic quarter question quickly quite quotation quote quotes
    raised rarely rate rather reach reached react ready real realize really reason reasonable reasonably recall
    received recent recently recommend recommendation recommended reduce refer referring regard regarding relate
    related relevant rely remain remains remember remove removed removing replace replaced report require
    required requires respect respond rest result results return returned reviewer reviewers right risk risky
    role rough roughly rule run running runs safe safely said same save saved saves saving saw say saying says
    scale scared scary scattered screen second section see seem seems seen sees seldom select senior sense
    sensible separate serious seriously serve set sets seven several shall shape share shared she short shorter
    should shouldn show shown shows shut sick side sides significantly silly similar similarly simply since
    single sit situation situations six size skip slight slightly small smaller smallest smart smarter smartest
    smell smells so solid solution solutions solve solved solves solving some somebody somehow someone something
    sometimes somewhat somewhere soon sort speak speaks spend spending spent split spread stage stakeholder
    stakeholders stand standing startup state stay stays step steps stick still stop stopped stops store stories
    story strange strict strictly strive strong stuck student students study stuff stupid subject succeed
    success successful such suddenly suffer suffering sufficient suggest suggestion suit support suppose
    supposed sure surely surprise surprised suspect switch take takes taking talk talking talks target task
    tasks teach teacher teaches team teammate teammates technically tell ten tend tends term terms terrible text
    than thank thanks that the their theirs them theme themselves then there these they thing things think
    thinks third thirty this those though thought thousand thousands three threw through throughout throw
    throwing throws till tim time times tiny tired title to today together told tolerate tone too took tool
    tools top topic total totally touch touched touches touching toward towards tradeoff traditional treat tried
    tries trouble true trumps trust truth try trying turn turned turns twenty twice two type types ultimately
    under understanding unfortunately unit unlike unlikely unrelated until untouched up us use used user users
    uses using usual usually valid valuable value variety various verse version versions versus very via view
    views wait walk want wanted wanting wants was waste wasted watch way ways we week weeks weird well went were
    what whatever whatsoever when whenever where whether which while who whole whom whose why wider will willing
    wisdom wise wish with within without wonder wondering word words work worked working workmate workmates
    works world worried worry worrying worse worst worth would wouldn wrong yeah year years yes yesterday yet
    you your yours yourself zen zero
    """
)

CODE = word_set(
    """
    abstraction abstractions algorithm api apis app application architecture argument arguments backend block
    blocks branch build builds built caller callers class classes code codebase codebases codes coding commit
    component condition conditional conditionals constructor database deploy deployed deploying deployment
    deploys design designs developer engineering expression feature features framework frontend function
    functions implement implementation implementations implemented import imports interface legacy library logic
    loop loops method module object objects optimisation optimization parameter parameters pattern patterns
    performance production program programmer programming programs project projects refactor refactoring release
    repo repository review rewrite script service software solution statement statements structure structures
    system systems test tested testing tests variable variables write writes writing written wrote
    """
)
"""They are neutral, too; with one of them a word that is said of many things is taken to be said of code."""

MATERIAL = word_set(
    """
    agile annotation annotations args array arrays ascii assignment async attribute attributes await benchmark
    boilerplate bool boolean brace braces brackets buffer byte bytes cache caching callback callbacks character
    characters ci cli codebases column columns compiler comprehension comprehensions config configuration
    constant constants constructor contributor contributors cpp css csv cto data dataclass decorator decorators
    dependencies dependency deploy deployed deploying deployment deploys dict dictionaries dictionary dicts
    directory docstring encoding encodings endpoint endpoints engineering enum event events exit factory field
    fields file files flag flags float folder folders format formatter formatting generator generators git
    golang graph gui hack hacks handler handlers haskell helper helpers html http import imports index indexes
    inherit input inputs instance instances int integer integers interpreter iterator iterators java javascript
    json key keys kotlin kwargs lambda lambdas legacy line lines lint linter lisp list lists literal logger
    logging lookup lookups maintainer maintainers matrix merge microservice microservices mixin monolith mvc
    node nodes operator operators optimisation optimization optimizer option orm output outputs parse parser
    parsers parsing pattern performance php pipeline plugin plugins print process processes properties property
    prototype prototypes pull qa queries query queue recursion recursive recursively regex regexes request
    requests response rest return returns reviewers rewrite row rows ruby rust schema script scripts scrum sdk
    search semantics semicolon server servers service services setting settings signature signatures singleton
    snippet snippets software sort sorting spec specification specs sprint sql stack stderr stdout string
    strings swift syntax table tables thread threads ticket tickets tool tooling tree tuple tuples type types
    typing ui unicode url utf util utils ux value values wrapper wrappers xml yaml yield
    """
)
"""What code is made of and made with: neutral, too, but not where somebody asks how to do something with it."""

OTHER_SENSES = _phrases(
    """
    complex number | complex numbers | simple interest | compound interest | deep learning | deep sea | deep blue |
    first name | last name | black hole | black holes | outer space | never mind | right wing | left wing | wait a
    second | wait a minute | hold on | special offer | special effects | rule of thumb | rules of the road | flat
    white | flat earth | flat tire | flat tyre | dutch oven | double dutch | pass the | take a break | give me a
    break | coffee break | lunch break | tea break | see you | talk to you | later alligator | long time no see |
    good luck | good night | right away sir | space station | space shuttle | family tree | christmas tree | law
    school | in law | mother in law | civil law | criminal law | guess who | guess what | clean up | read aloud a
    book | error 404 | jet lag | package holiday | package tour | silent night | beautiful mind | beautiful people |
    pretty woman | ugly duckling | bug spray | stop it | shut up | golf club | golf course | golf ball | high school
    | secret santa | magic carpet | magic wand | magic trick | magic the gathering | harry potter | james bond |
    tomorrow never dies | never ever | as soon as | hidden figures | art gallery | black market | rest in peace |
    pep talk | pep guardiola | name of the | named after | your name | my name | the name for | name for | prime
    minister | speed of light | speed of sound | high speed | law of | laws of | easy rider | hard drive | hard disk
    | hard rock | hard boiled | sleeping pill | a hard time | number one hit | perfect tense | perfect pitch |
    perfect number | present perfect | past perfect | future perfect | pure water | pure mathematics | simple past |
    simple present
    """
)
"""Phrases of which a word is the Zen's, but said of something else: they weigh against it."""

ABOUT = word_set(
    """
    a about am an and aphorism are at bad be being by case cases code coding do does first for good has have
    having how idea ideas in is it its line me more my never now of on one or our please python said say says so
    something tell than that the theme there think this to too us very was way ways what with word words your
    zen
    """
)
"""Words beside which a word that is said of many things is what the message is about."""

NOT_SLIPS = word_set(
    """
    bears beast causes charity commands commence compiled compiler compiles complete complicity complies
    comprehensive conceited connected consents contents counters ditch docks executions explicate faces facet
    falling fatter filed float greet guests guide hardy harmonic heard horribly implicate inactive indicate
    indivisible inductive infection initialise initialize initiate initiation injection inter latter liner
    middle nester nestled opinions optional optionals parity parse petty picked plaint pleasure portions
    prettify purge purse readline relating reliability rending reputation reuse riles roles rubles ruler rulers
    salience sample scoring scraping shopping sipping skipping slipping spare spares spurious stopping stripping
    templated templating terrors trick unbroken
    """
)
"""Words that are right as they are, though one slip from a word of a line."""
