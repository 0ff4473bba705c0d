"""ChatterBot as its documentation shows it: default adapters, trained on the English corpus, answering line by line.

``plain_chatterbot.py DATABASE [ADAPTER …]`` trains where there is no such file, prints ``ready``, and then answers each
line of stdin with a line of JSON: ``ms`` (in ``get_response`` alone, no pipe and no JSON counted) and ``text``, null
where it failed. With adapters it has these alone. It differs from the documentation in two things that make it faster:
it does not learn, and ``LowercaseTagger`` needs no spaCy model.
"""

import json
import os
import sys
import time

from chatterbot import ChatBot  # type: ignore[import-untyped]
from chatterbot.tagging import LowercaseTagger  # type: ignore[import-untyped]
from chatterbot.trainers import ChatterBotCorpusTrainer  # type: ignore[import-untyped]

database, *adapters = sys.argv[1:]
chosen = {"logic_adapters": adapters} if adapters else {}
is_new = not os.path.exists(database)
chatbot = ChatBot("Plain", database_uri=f"sqlite:///{database}", tagger=LowercaseTagger, read_only=True, **chosen)
if is_new:
    ChatterBotCorpusTrainer(chatbot, show_training_progress=False).train("chatterbot.corpus.english")
print("ready", flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    try:
        text = chatbot.get_response(line.strip()).text
    except Exception:  # its own, of whatever kind: that question is lost, and the next one is asked
        text = None
    print(json.dumps({"ms": (time.perf_counter() - began) * 1000, "text": text}), flush=True)
