"""ChatterBot as its documentation shows it: default adapters, trained on the English corpus, answering line by line.

``plain_chatterbot.py DATABASE`` trains where there is no such file, prints ``ready``, and then answers each line of
stdin with a line of JSON: ``ms`` (in ``get_response`` alone, no pipe and no JSON counted) and ``text``. It differs from
the documentation in two things that make it faster: it does not learn, and ``LowercaseTagger`` needs no spaCy model.
"""

import json
import os
import sys
import time

from chatterbot import ChatBot  # type: ignore[import-untyped]
from chatterbot.tagging import LowercaseTagger  # type: ignore[import-untyped]
from chatterbot.trainers import ChatterBotCorpusTrainer  # type: ignore[import-untyped]

database = sys.argv[1]
is_new = not os.path.exists(database)
chatbot = ChatBot("Plain", database_uri=f"sqlite:///{database}", tagger=LowercaseTagger, read_only=True)
if is_new:
    ChatterBotCorpusTrainer(chatbot, show_training_progress=False).train("chatterbot.corpus.english")
print("ready", flush=True)
for line in sys.stdin:
    began = time.perf_counter()
    text = chatbot.get_response(line.strip()).text
    print(json.dumps({"ms": (time.perf_counter() - began) * 1000, "text": text}), flush=True)
