"""Phrases that mean other phrases, and what people say around a question: tables for ``words`` and ``meaning``."""

from __future__ import annotations

from .spelling import table

_NAMES = table(
    """
    yourself = your self | eat food = eat | mac or windows = macos or windows | windows or mac = windows or macos |
    pleased to meet you = nice to meet you | glad to meet you = nice to meet you |
    good to meet you = nice to meet you | u s = unitedstates | u k = unitedkingdom | e mail = email |
    shoe lace = shoelace | lap top = laptop | key board = keyboard | great britain = unitedkingdom |
    united kingdom = unitedkingdom | united states = unitedstates | united states of america = unitedstates |
    in the us = in unitedstates | the us = unitedstates | mac os = macos | super computer = supercomputer |
    super computers = supercomputer | spider man = spiderman | chat bot = chatbot | chat robot = chatbot |
    light bulb = lightbulb | wi fi = internet | world war 2 = world war ii | world war two = world war ii |
    second world war = world war ii | operating systems = operating system |
    artificial intelligence = artificialintelligence | ping pong = pingpong
    """
)

_QUESTIONS = table(
    """
    how old = what age | your job = your business | your occupation = your business |
    your profession = your business | do you do for fun = are your hobbies |
    do you do in your free time = are your hobbies | do you live = are you | are you located = are you |
    are you based = are you | do you come from = are you from | are you a chatbot = are you a robot |
    you are a chatbot = you are a robot | are you okay = how are you | are you doing okay = how are you |
    are you well = how are you | are you alright = how are you | how have you been = how are you |
    how do you feel = how are you | how are you feeling = how are you | how are things = how is it going |
    how goes it = how is it going | how is life = how is it going | how is everything = how is it going |
    how is your day = how is it going | how is your day going = how is it going |
    how was your day = how is it going | how was your night = how is it going |
    how was your weekend = how is it going | what is going on = what is up | what is new = what is up |
    what is happening = what is up | get along = go | get paid = earn | your salary = you earn |
    your wage = you earn | do you make = do you earn | the most = most | who came up with = who invented |
    came up with = invented | come up with = invent | make me laugh = tell me a joke | something funny = a joke |
    a funny story = a joke | cheer me up = tell me a joke | who is the author of = who wrote |
    who was the author of = who wrote | the writer of = who wrote | author of = wrote | writer of = wrote |
    inventor of = who invented | the inventor of = who invented | who penned = who wrote |
    who authored = who wrote | wrote by = who wrote | written by who = who wrote | written by whom = who wrote |
    invented by whom = who invented | invented by who = who invented | which person = who | what person = who |
    whose idea was = who invented | the name of = | passed away = died | took the life of = killed |
    at what time = when | what time = when | in what year = when | in which year = when | what year = when |
    which year = when | on what date = when | what date = when | what day = when | at what place = where |
    in what place = where | what place = where | in what location = where | what location = where |
    how come = why | for what reason = why | what for = why | what is the reason = why | the number of = how many |
    what number of = how many | distance to = how far is | how far away = how far | how distant = how far |
    what is the distance to = how far is | how long away = how far | stand for = | stands for = |
    come from = originate | comes from = originate | came from = originate | number of = how many |
    amount of = how many | short for = stand for | stand short for = stand for | what sort of = what kind of |
    which kind of = what kind of | kill himself = commit suicide | killed himself = commit suicide |
    kill herself = commit suicide | killed herself = commit suicide | die by suicide = commit suicide |
    took his own life = commit suicide | take his own life = commit suicide | gets on your nerves = annoys you |
    get on your nerves = annoys you | bothers you = annoys you | how does it feel = what is it like |
    how is it to = what is it like to | what does it feel like = what is it like | come out = be released |
    came out = be released | has the most people = is most populous | have the most people = is most populous |
    biggest population = most populous | largest population = most populous | highest population = most populous |
    man made = artificial | the year of = when | year of = when | makes the most = produces the most |
    make the most = produce the most | came before = preceded | comes before = precedes |
    are native to = originate | is native to = originate | who makes = what company makes |
    per person = per capita | for the first time = first | no longer = not | the letters = |
    who made = who created | most ancient = oldest | most big = biggest | do you know how to = can you |
    really like = love | do you do for a living = is your business | do you do for work = is your business |
    is raised in = grow up in | was raised in = grow up in | system overheats = computer overheating |
    the system is = my computer is | meaning of life = life meaning | better known as = known as |
    ask you something = ask you a question | ask something = ask a question | used to be called = was known as |
    used to be known as = was known as | formerly called = known as | another name for = known as |
    other name for = known as | other name of = known as | was shot = was killed | were shot = were killed |
    got shot = was killed | shot dead = killed | gunned down = killed |
    room temperature = normal temperature | vs = or | versus = or |
    good goodbye = goodbye | of all times = of all time |
    is caused by = causes | are caused by = cause | can light not = light can not | in order to = to |
    are you able to = can you | are robots able to = can robots | will you be able to = can you |
    is it possible for = can | is it possible to = can i
    """
)

_COMPUTERS = table(
    """
    my system = my computer | system overheating = computer overheating |
    system is overheating = computer is overheating | does not work = not work | do not work = not work |
    stopped working = not work | stops working = not work | not functioning = not work |
    sound is not working = can not hear any sound | audio is not working = can not hear any sound |
    audio not working = can not hear any sound | sound not working = can not hear any sound |
    sound does not work = can not hear any sound | audio does not work = can not hear any sound |
    is frozen = is not work | is stuck = is not work | can not get online = internet is not work |
    reset my password = forgot my password | reset password = forgot my password |
    recover my password = forgot my password | is not working = not work | is broken = is not work |
    is down = is not work | is dead = is not work | broke = not work | keeps failing = not work |
    has no power = will not turn on | no sound = can not hear any sound |
    there is no audio = can not hear any sound | no audio = can not hear any sound |
    have no internet = internet is not work | can not connect to internet = internet is not work |
    can not connect to the internet = internet is not work | no internet = internet is not work |
    refuses to = will not | fails to = will not | does not turn on = will not turn on | power on = turn on |
    start up = turn on | boot up = turn on | switch on = turn on | does not start = will not turn on |
    will not start = will not turn on | will not boot = will not turn on | does not boot = will not turn on |
    not turning on = will not turn on | not starting = will not turn on | too hot = overheating |
    very hot = overheating | so hot = overheating | really hot = overheating | running hot = overheating |
    getting hot = overheating | gets hot = overheating | can not remember = forgot | do not remember = forgot |
    lost my password = forgot my password | does not print = not print | will not print = not print |
    is not printing = not print | does not respond = not work | not responding = not work |
    will not respond = not work | unresponsive = not work | not recognized = not detected |
    not found = not detected | not showing up = not detected | went black = is black | turned black = is black |
    goes black = is black | is dark = is black
    """
)

REWRITES = (
    (r"\bus (?=president|state|city|cities|dollar|flag|army|soldier|government|citizen|newspaper)", "unitedstates "),
    (r"\b([a-z]+) number (\d*[04-9])\b", r"\2th \1"),
    (r"\b(?:do you have|have you got|do you got) (?:a |an |any |some )?", "what is your "),
    (
        r"\b(?:what|which) ([a-z]+(?: [a-z]+)?) (?:do )?you (?:like|love|enjoy|prefer) (?:the )?(?:best|most)\b",
        r"what is your favorite \1",
    ),
    (r"\b(?:what|which) (?:is|are) your best (?=[a-z]+$)", "what is your favorite "),
    (r"\b(where|(?:what|which) (?:country|city|state)) (?:is|are|was) (.+) from$", r"\1 \2 originate"),
    (r"\b(?:the )?main ingredient (?:in|of) (.+)", r"\1 made of"),
    (r"^(.+) is the (?:scientific )?study of what$", r"what does \1 study"),
    (r"\b(?:what|which) ([a-z]+) do you like$", r"what is your favorite \1"),
    (r"\bhow much money (do|does|did|can|could|will|would) (.+) (earn|charge|cost)$", r"how much \1 \2 \3"),
    (r"^what (is|are|was|were) (?!you|your)([a-z].*?)(?: used)? for$", r"what \1 \2 purpose"),
    (r"\b(was|were) (.+) shot$", r"\1 \2 killed"),
    (r"^what do(?:es)? (?!you)(.+) do$", r"what is \1"),
    (r"\bare you into (?=[a-z])", "are you interested in "),
    (r"\bhow (do|does) (.+?)(?: actually| really)? (?:function|operate)$", r"how \1 \2 work"),
    (r"\bmost (small|tall|hard|soft|loud|fast|deep|rich|old|bright|cold|long|short|young)\b", r"\1est"),
    (r"\bis (.+) better than (.+)", r"which is better \1 or \2"),
    (r"\b(?:biggest|largest|top|leading|main) ((?:[a-z]+ )?(?:produc|consum|eat|drink|export)[a-z]*)", r"most \1"),
)
"""Sentence patterns, as regular expressions on normalised words, and the pattern that stands for them."""

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {"first": "st", "second": "nd", "third": "rd"} | dict.fromkeys(
    ["fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], "th"
)
_ORDINALS = {
    f"{ten} {unit}": f"{tens}{units}{ending}"
    for tens, ten in enumerate(_TENS.split(), 2)
    for units, (unit, ending) in enumerate(_UNITS.items(), 1)
}

PHRASES = _NAMES | _QUESTIONS | _COMPUTERS | _ORDINALS
"""Phrases that mean another phrase of the corpus. Longer ones are looked for first."""

_LIVING = (
    r"(?:dog|puppy|cat|kitten|pet|horse|rabbit|hamster|bird|mother|mom|mum|father|dad|parents?|brother|sister|wife"
    r"|husband|son|daughter|child|baby|uncle|aunt|cousin|(?:best )?friend|boyfriend|girlfriend|partner"
    r"|grand(?:mother|father|ma|pa|parents?))"
)
_SOMEBODY = rf"(?:i|we|he|she|they|someone|somebody|my {_LIVING})"
_WHEN = r"(?: (?:today|yesterday|recently|last \w+|this \w+))?"
_NOW = r"(?: (?:please|help|me|now|right now|today|again|i think))*"
_MACHINE = r"(?:machine|robot|bot|computer|program|software|artificialintelligence|ai)"
_HUMAN = r"(?:human|human being|person|real person|man|living being)"
_SEX = r"(?:male|female|man|woman|boy|girl|guy|lady|he|she)"

ROUTINES = (
    (
        rf"(?:please |help |me |i think (?:that )?)*{_SOMEBODY}(?: (?:am|is|are|think|may|might|be|just|has|have|had"
        r"|having|suffering|from|took|taken|an?|can|not|stopped|i|he|she|my \w+))*"
        r" (?:heart attack|stroke|seizure|overdose|overdosed|choking|bleeding (?:out|badly|heavily|to death)"
        rf"|(?:not|stopped) (?:breathe|breathing)|unconscious|drowning|poisoned|dying){_NOW}"
        r"|my (?:house|home|flat|apartment|kitchen|car) is on fire"
        rf"|(?:please )?(?:i need|call|send)(?: me)? an ambulance{_NOW}",
        "i am having a heart attack",
    ),
    (
        rf"(?:i am (?:so )?sad )?(?:because )?my (?:\w+ )?{_LIVING} (?:has |have |just |recently |is |are )*"
        rf"(?:died|dead|not work){_WHEN}|i (?:have |just )*lost my {_LIVING}{_WHEN}",
        "my dog died",
    ),
    (
        r"i (?:have |was |got |just |have been |am )*(?:lost my (?:job|home|house)|fired|laid off|evicted|divorced"
        r"|failed (?:my|the|an) \w+)"
        rf"{_WHEN}"
        r"|my (?:girlfriend|boyfriend|wife|husband|partner) (?:has |just )*(?:left|dumped|cheated on) me",
        "i lost my job",
    ),
    (rf"are you (?:an? )?(?:{_HUMAN} or (?:an? )?{_MACHINE}|{_MACHINE} or (?:an? )?{_HUMAN})", "are you human"),
    (rf"(?:are you|is it) (?:an? )?{_SEX} or (?:an? )?{_SEX}", "are you male or female"),
    (
        r"do you (?:really )?(?:like|love|enjoy|listen to) (?:to )?(?:listen(?:ing)? to )?(?:some |any )?"
        r"(?:music|songs|dancing|singing|painting|travel(?:ing)?|cooking|swimming|nature|flowers|art)",
        "do you like music",
    ),
    (r"(?:hello |hi )*(?:my name is|call me|you can call me) (?!what|not)[a-z]+(?: [a-z]+)?", "my name is sam"),
    (
        r"(?:i am|i feel|this is|i am feeling) (?:so |very |really |a bit |just |getting )*bored(?: (?:now|today))?",
        "i am bored",
    ),
    (
        r"(?:please |can you |could you |will you )*(?:(?:tell|read|know|hear|give|want|i)(?: (?:me|us|to|please))* )?"
        r"(?:a |any |some |another |me )*(?:(?:short|nice|good|scary|bedtime|little|long) )*"
        r"(?:story|stories|fairy tales?)(?: please)?",
        "tell me a story",
    ),
    (
        r"(?:can|could|should|may) (?:i|we|one|people) (?:really )?(?:trust|believe|rely on|depend on) you"
        r"|are you (?:trustworthy|reliable)|are your answers (?:right|true|correct|reliable)",
        "can i trust you",
    ),
    (
        r"(?:okay|all right|alright|i see|got it|i got it|understood|fine|sure|cool|i understand)(?: (?:then|bot))*",
        "that is okay with me",
    ),
    (r"(?:yes|yeah|yep|yup|indeed|of course|certainly)(?: (?:please|indeed|of course|sure))*", "that is a yes"),
    (r"(?:no|nope|nah|not really)(?: (?:no|thanks|thank you|never mind))*", "that is a no"),
    (
        r"(?:hi|hello|greetings|good (?:morning|afternoon|evening|day))(?: (?:there|all|everyone|everybody"
        r"|again|you|bot|english|friend|my|sir|madam|hi|hello))*",
        "hello",
    ),
    (
        r"(?:okay |well )?(?:goodbye|good bye|see you(?: later| soon| tomorrow| around| then| next "
        r"time)*|i (?:have to|must|am going to|need to) (?:go|leave)"
        r"(?: now)?|take care|talk to you later|until next time)(?: (?:goodbye|see you|later|soon"
        r"|tomorrow|around|next time|for now|then|bot|english|everyone))*",
        "goodbye",
    ),
    (
        r"(?:okay |great |many |a lot of )?(?:thanks|thank you)(?: (?:a lot|so much|very much|a bunch"
        r"|a million|again|bot|english|friend|for [a-z ]+))*"
        r"(?: (?:that|this|it|you) (?:was|is|were|are|have been)(?: (?:so|very|really|quite|of|a))*"
        r" (?:helpful|help|useful|great|kind|nice|good|perfect|interesting|wonderful))?",
        "thanks",
    ),
    (r"(?:good night|sleep (?:well|tight))(?: (?:then|bot|english))*", "good night"),
    (
        r"(?:help|help me|can you help(?: me)?|i need (?:some |your )?help|what are you able to do"
        r"|what do you do|what can you help (?:me )?with|how can you help(?: me)?)",
        "what can you do",
    ),
    (r"(?:i am |so |very |oh )*(?:sorry|my apologies|i apologize)(?: about that)?", "i am sorry"),
    (
        r"(?:[a-z ]{0,40} )?(?:tell|know|hear|got|have|say|give|share|crack|need|want)(?: (?:me|us"
        r"|to|a|an|any|some|good|funny|great|new|your|best|favorite"
        r"|silly|short|dad))* jokes?",
        "a joke",
    ),
    (
        r"(?:[a-z ]{0,30} )?(?:(?:kill|hurt|harm|cut) myself|(?:end|take) my (?:own )?life|commit suicide myself"
        r"|(?:do not|no longer) want to (?:live|be alive|exist|wake up)|(?:i am|be) better off dead"
        r"|i (?:wish|want) (?:i (?:was|were) dead|to be dead|to end it all)"
        r"|(?:feel like|think about|thinking about) (?:dying|suicide)"
        r"|life is not worth living|no reason to (?:live|go on))"
        r"(?: (?:any ?more|any longer|now|today|tonight|at all))*",
        "i want to kill myself",
    ),
    (
        r"(?:have a|enjoy your|i hope you have a) (?:(?:nice|good|great|lovely|wonderful) )?"
        r"(?:day|evening|weekend|night|week)",
        "have a nice day",
    ),
    (r"(?:i )?(?:really |do )?love (?:you|u)(?: (?:so much|very much|too|bot|english|all))*", "i love you"),
    (
        r"(?:i am |i feel )(?:so |very |really |feeling |a bit |a little )*"
        r"(?:sad|depressed|down|unhappy|lonely|miserable|heartbroken)(?: today| now)?",
        "i am sad",
    ),
    (
        r"i am (?:fine|good|great|well|okay|doing (?:fine|good|great|well|okay))(?: too| as well| today| thanks)*",
        "i am fine",
    ),
    (
        r"i am (?:fine|good|great|well|okay|doing (?:fine|good|great|well|okay))(?: too| as well| today| thanks)*"
        r" (?:and|how about|what about|how are) you",
        "how are you",
    ),
    (
        r"(?:lol|lmao|rofl|(?:ha|he)+h?|that is (?:so |very |really )?(?:funny|hilarious)|very funny)(?: \w{,4})?",
        "haha",
    ),
    (r"(?:is|are) (?:you|anyone|anybody|someone|somebody) (?:still )?(?:there|here)", "are you there"),
    (r"are you (?:chatgpt|chat gpt|gpt\d*|siri|alexa|claude|gemini|copilot|cortana|eliza)", "are you chatgpt"),
    (r"(?:you are|that is|this is|it is) (?:wrong|incorrect|not (?:right|true|correct)|false)", "you are wrong"),
    (
        r"who (?:made|created|built|trained|programmed|wrote|invented|developed|designed|is your (?:creator"
        r"|maker|developer|author)) ?(?:you)?",
        "who made you",
    ),
)
"""Whole messages that people say in many ways, as regular expressions, and the question of the corpus that they are."""

WRAPPERS = (
    r"(?:hi|hello|greetings|good (?:morning|afternoon|evening|day))(?: there| bot| english)*",
    r"(?:please|so|well|okay|um|uh|oh|hmm|and|but|now|excuse me|sorry but|sorry|sir|bot|english|dear bot|listen)",
    r"(?:just )?(?:a )?(?:quick|simple|small|little|short) question(?: for you)?",
    r"(?:just |a )*question(?! (?:is|of|mark))",
    r"(?:just )?(?:out of curiosity|curious|wondering)",
    r"(?:i was|i am|i have been) (?:just )?(?:wondering|curious|asking myself)(?: if| whether| about)?",
    r"i wonder(?: if| whether| about)?",
    r"i (?:want|need|like|would like|will like|love|would love) to (?:know|learn|ask|hear|find out)(?: about| if)?",
    r"i (?:do not|can not) (?:know|remember|recall)(?= (?:who|what|when|where|why|how|which)\b)",
    r"(?:can|could|would|will|may|might) (?:you|i|anyone|somebody|someone) (?:please |kindly |maybe |perhaps )?"
    r"(?:tell me|ask you|ask|explain to me|let me know|say|remind me|help me (?:find|with)|answer(?: "
    r"me)?)(?: about| if)?(?! a question)",
    r"(?:do|would|will) you (?:happen to |even |perhaps |maybe )?(?:know|remember|recall|have any "
    r"idea)(?: about| of| if| anything about)?",
    r"(?:please )?(?:tell|give|remind|teach) (?:me|us)(?: please)?",
    r"let me (?:know|ask you(?: this| something)?|hear)(?! a question)",
    r"(?:any|got any|you got any|have you got any|do you have any|have any) (?:idea|clue)s?",
    r"(?:any|got any|know any|you know any|do you have (?:any|a)|have you got (?:any|a)|got a)(?= jokes?\b)",
    r"what (?:do you think (?:about|of)|is your opinion (?:about|of|on))",
    r"what about(?= (?:guns|hal)\b)",
    r"(?:please )?(?:explain|describe)(?: to me| me)?(?= (?:how|why) )",
)
"""What people say before a question, as regular expressions on normalised words; taken off as often as there are
some.
"""

TRAILERS = (
    r"please",
    r"thanks",
    r"thank you",
    r"then",
    r"exactly",
    r"again",
    r"do you know",
    r"you know",
    r"can you tell me",
    r"could you tell me",
    r"tell me",
    r"i wonder",
    r"by the way",
    r"my friend",
    r"my dear",
    r"mate",
    r"buddy",
    r"today",
    r"lol",
    r"right now",
    r"for me",
    r"if you (?:know|can|do not mind)",
    r"(?:please )?help(?: me)?(?: please)?",
    r"actually",
    r"right",
    r"(?:is|are|do|does) not (?:it|you|they|he|she)",
    r"or what",
    r"to me",
    r"anyway",
    r"these days",
    r"at all",
    r"of all time",
    r"(?<=ashamed )of your self",
    r"(?<!a )bot",
    r"there",
)

DEFINITIONS = (
    r"what (?:do|does|did) (?:you mean by |the (?:word|term) )?(?!(?:you|i|it|that|this|they|he|she) mean)"
    r"(.+?)(?: really| actually)? mean",
    r"what (?:do you|can you) (?:mean by|understand by|know about|tell me about|know of|say about) (.+)",
    r"(?:what is |what are )?(?:the |a )?(?:meaning|definition|concept) of (?:the (?:word|term) )?(.+)",
    r"(?:can you |could you |would you |please )*(?:define|explain|describe)(?: to me| me)?(?: what)? "
    r"(.+?)(?: is| are| means)?",
    r"(?:something |anything |more |all |everything )?about (.+)",
    r"what is meant by (.+)",
    r"(.+) (?:meaning|definition|explained|explanation)",
)
"""Ways to ask what something is."""

TASKS = (
    r"(?:can|could|would|will) you (?:please |kindly )?(?:write|make|build|code|implement|program"
    r"|show|give|do|use|create|generate|provide|code up)(?: me| us)?"
    r"(?= .)",
    r"how (?:do|can|would|should|could|to)(?: i| you| we| one)?"
    r" (?:write|code|implement|program|create|build|make|do|use)",
    r"(?:please )?(?:write|make|build|code|implement|program|create|generate|show me|give me|provide"
    r"|do(?= an? ))(?: me| us)?(?= an? | the | some | [a-z]+ )",
    r"i (?:need|want|would like)(?: you to (?:write|make|build|create))?(?= an? )",
    r"(?:an? )?(?:example|implementation|code|sample|snippet)s? (?:of|for)",
)
"""Ways to ask for a piece of code."""
