"""A bot that says much: 10,000 pieces in a second (``flood``), 5 MB at once (``whole``) or in 5,000 ``pieces``."""

import time
from collections.abc import Iterator
from itertools import cycle, islice

from tellme import Bot, Message

FLOOD_PIECES = 10_000
AT_ONCE = 100
"""So many follow one another without a pause."""

REPLY_BYTES = 5_000_000
PIECE_BYTES = 1_000

MARKDOWN = """\
Of *all* the words that were **ever** said in a row, these are some: `said`, 'row' and "some". Of *all* the words that
were **ever** said in a row, these are some.

- one
- two

```python
for word in words:
    print(word, len(word))
```

"""

bot = Bot("Flood", description="Says much")


@bot.reply
def reply(message: Message) -> Iterator[str]:
    much = MARKDOWN * (REPLY_BYTES // len(MARKDOWN))
    if message.text == "flood":
        yield from flood()
    elif message.text == "whole":
        yield much
    else:
        yield from (much[at : at + PIECE_BYTES] for at in range(0, len(much), PIECE_BYTES))


def flood() -> Iterator[str]:
    began = time.monotonic()
    words = MARKDOWN.replace(" ", " \0").split("\0")
    for number, word in enumerate(islice(cycle(words), FLOOD_PIECES)):
        if number % AT_ONCE == 0:
            time.sleep(max(0.0, began + number / FLOOD_PIECES - time.monotonic()))
        yield word


bot.run()
