"""Phrases that mean other phrases, and what people say around a question: tables for ``words`` and ``meaning``."""

from __future__ import annotations

from .spelling import table

_NAMES = table(
    """
    yourself = your self | eat food = eat | mac or windows = macos or windows | windows or mac = windows or macos |
    pleased to meet you = nice to meet you | glad to meet you = nice to meet you |
    good to meet you = nice to meet you | u s = united states | u k = united kingdom | e mail = email |
    shoe lace = shoelace | lap top = laptop | key board = keyboard | united states of america = united states |
    great britain = united kingdom | wi fi = internet | world war 2 = world war ii | world war two = world war ii |
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
    how is your day = how is it going | how is your day going = how is it going | what is going on = what is up |
    what is new = what is up | what is happening = what is up | get along = go | get paid = earn |
    your salary = you earn | your wage = you earn | do you make = do you earn | the most = most |
    who came up with = who invented | came up with = invented | come up with = invent |
    make me laugh = tell me a joke | something funny = a joke | a funny story = a joke |
    cheer me up = tell me a joke | who is the author of = who wrote | who was the author of = who wrote |
    the writer of = who wrote | author of = wrote | writer of = wrote | inventor of = who invented |
    the inventor of = who invented | who penned = who wrote | who authored = who wrote | wrote by = who wrote |
    written by who = who wrote | written by whom = who wrote | invented by whom = who invented |
    invented by who = who invented | which person = who | what person = who | whose idea was = who invented |
    the name of = | passed away = died | took the life of = killed | at what time = when | what time = when |
    in what year = when | in which year = when | what year = when | which year = when | on what date = when |
    what date = when | what day = when | at what place = where | in what place = where | what place = where |
    in what location = where | what location = where | how come = why | for what reason = why | what for = why |
    what is the reason = why | the number of = how many | what number of = how many | distance to = how far is |
    how far away = how far | how distant = how far | what is the distance to = how far is |
    how long away = how far | stand for = | stands for = | come from = originate | comes from = originate |
    came from = originate
    """
)

_COMPUTERS = table(
    """
    my system = my computer | system overheating = computer overheating |
    system is overheating = computer is overheating | does not work = not work | do not work = not work |
    is not working = not work | stopped working = not work | stops working = not work | not functioning = not work |
    is broken = is not work | is down = is not work | is dead = is not work | broke = not work |
    keeps failing = not work | has no power = will not turn on | no sound = can not hear any sound |
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

PHRASES = _NAMES | _QUESTIONS | _COMPUTERS
"""Phrases that mean another phrase of the corpus. Longer ones are looked for first."""

ROUTINES = (
    (
        r"(?:hi|hello|greetings|good (?:morning|afternoon|evening|day))(?: (?:there|all|everyone|everybody"
        r"|again|you|bot|english|friend|my|sir|madam|hi|hello))*",
        "hello",
    ),
    (
        r"(?:okay |well )?(?:goodbye|good bye|see you(?: later| soon| tomorrow| around| then| next "
        r"time)*|i (?:have to|must|am going to|need to) (?:go|leave)"
        r"(?: now)?|take care|talk to you later|until next time)(?: (?:goodbye|for now|then|bot|english|everyone))*",
        "goodbye",
    ),
    (
        r"(?:okay |great |many |a lot of )?(?:thanks|thank you)(?: (?:a lot|so much|very much|a bunch"
        r"|a million|again|bot|english|friend|for [a-z ]+))*",
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
        r"who (?:made|created|built|programmed|wrote|invented|developed|designed|is your (?:creator"
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
    r"what (?:about|do you think (?:about|of)|is your opinion (?:about|of|on))(?= (?:guns|hal)\b)",
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
    r"anyway",
    r"these days",
    r"at all",
    r"(?<!a )bot",
    r"there",
)

DEFINITIONS = (
    r"what (?:do|does|did) (?:you mean by |the (?:word|term) )?(.+?)(?: really| actually)? mean",
    r"what (?:do you|can you) (?:mean by|understand by|know about|tell me about|know of|say about) (.+)",
    r"(?:what is |what are )?(?:the |a )?(?:meaning|definition|concept) of (?:the (?:word|term) )?(.+)",
    r"(?:can you |could you |would you |please )*(?:define|explain|describe)(?: to me| me)?(?: what)? "
    r"(.+?)(?: is| are| means)?",
    r"(?:something |anything |more |all |everything )?about (.+)",
    r"what is meant by (.+)",
)
"""Ways to ask what something is."""

TASKS = (
    r"(?:can|could|would|will) you (?:please |kindly )?(?:write|make|build|code|implement|program"
    r"|show|give|do|use|create|generate|provide)(?: me| us)?"
    r"(?= .)",
    r"how (?:do|can|would|should|could|to)(?: i| you| we| one)? (?:write|code|implement|program|create|build|make|do)",
    r"(?:please )?(?:write|make|build|code|implement|program|create|generate|show me|give me|provide"
    r"|do(?= an? ))(?: me| us)?(?= an? | the | some | [a-z]+ )",
    r"i (?:need|want|would like)(?: you to (?:write|make|build|create))?(?= an? )",
    r"(?:an? )?(?:example|implementation|code|sample|snippet)s? (?:of|for)",
)
"""Ways to ask for a piece of code."""
