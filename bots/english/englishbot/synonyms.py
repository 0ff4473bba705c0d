"""Words that mean the same to the English bot: a class on each line, the first stands for all. General English, written
for questions and small talk; only words of which one may be put for the other without asking about something else.
"""

from __future__ import annotations

SYNONYMS = """
invent inventor invention create creator develop devise originate origin
write author pen writer compose
big large huge enormous gigantic
small tiny little
tall high
fast quick rapid speedy
old ancient
loud noisy
rare scarce uncommon
anyone anybody
macos mac macintosh osx
hot warm
kill murder assassinate assassination slay
die death pass decease
happy glad cheerful joyful
angry mad furious
annoy bother irritate
afraid scared frightened fear
sad unhappy
lonely alone
movie film flick
picture photo image
hobby pastime
intelligent smart clever
stupid dumb idiot idiotic
crazy insane nuts
arrogant conceited
cruel heartless
dull boring
filthy dirty
embarrassed ashamed
weapon gun firearm
couch sofa
talk chat converse
closest nearest
buried burial grave tomb gravestone headstone tombstone
bubbly fizzy bubble
robot bot android
program software
begin start commence
end over finish conclude
called named
locate situated
monitor screen display
webcam camera
sound audio
flicker flash blink
forget forgot
brother sibling
father dad daddy papa
mother mum mommy mama
child kid children
son boy
girl daughter
boss employer manager
earn salary wage
drunk intoxicated tipsy inebriated
beverage drink
favorite favourite preferred
joke pun
consume eat
fine good great awesome amazing wonderful fantastic terrific excellent brilliant
love adore
like enjoy
see watch view
city town
country nation
car automobile
boat ship vessel
road street
ill sick unwell
illness disease sickness
doctor physician
baby babies infant newborn
woman female lady women
man male gentleman men
biggest largest
best greatest finest
smallest tiniest littlest
tallest highest
quickest fastest
loudest noisiest
rarest scarcest
oldest earliest
area region
border neighbor
common abundant plentiful
lie lying
network internet connection
computer laptop notebook
currency money
overheat overheating
function algorithm
human person
championship title
prize award
win winner won
rock stone
gravitation gravity gravitational
forest wood
soccer football footballer
sentient sentience conscious
dead deceased
immortal deathless
resign quit
feel experience
astronomer stargazer
alphabet abc
paint painter painting
sing singer sung
produce producer production
trip expedition voyage travel journey
conflict war
dwarf dwarves
gossip rumor
suicide suicidal
newspaper paper
cartoon animated animation
christmas xmas
play perform portray
charge cost
store keep
intend plan
indicate show tell
release free liberate
lead rule govern
attach tie fasten
lure attract tempt
constitution constitutional constitutionally
benjamin ben
competitor rival
stewardess hostess
turtleneck sweater
jersey shirt
puzzle riddle
fingernail nail
hide hideout hiding
separate divide
phrase expression
answer reply
insect bug
error mistake
occupation profession job
supermarket grocery
predecessor forerunner precede
equation formula
autobiography memoir
theory hypothesis
cave cavern
garbanzo chickpea
unitedstates american
unitedkingdom british briton
england english
canada canadian
spain spanish spaniard
germany german
france french
italy italian
japan japanese
china chinese
india indian
egypt egyptian
greece greek grecian
ireland irish
mexico mexican
australia australian
brazil brazilian
russia russian
africa african
europe european
asia asian
switzerland swiss
netherlands dutch holland
poland polish
thailand thai
turkey turkish
hawaii hawaiian
saudi arabian arabia
"""

OPPOSITES = """
brother sister
mother father
son daughter
uncle aunt
nephew niece
husband wife
boy girl
man woman
king queen
prince princess
grandmother grandfather
"""
"""Words that are alike in all but what they tell apart: where one is put for the other, something else is asked."""

OFFICES = "president king queen pope emperor chancellor premier mayor governor ceo leader"
"""Who holds one is asked by the office and its place, and changes: no question about one holder among many."""
