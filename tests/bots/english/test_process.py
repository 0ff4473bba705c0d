"""English as a process: speaks the protocol, and loads neither spaCy nor anything else that its start would wait
for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

LOADED = """
import sys
from englishbot.engine import open_english
english = open_english(sys.argv[1])
print(english.answer("hello"))
print(sorted({"spacy.cli", "spacy.language", "thinc", "numpy", "requests", "yaml", "tqdm"} & set(sys.modules)))
from chatterbot.tagging import LowercaseTagger
print(LowercaseTagger().get_text_index_string("HELLO"))
"""


def test_spacy_is_loaded_only_for_what_needs_it(trained: Path, english_folder: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", LOADED, str(trained)]
    done = subprocess.run(command, cwd=english_folder, capture_output=True, text=True, timeout=50, check=True)
    assert done.stdout.splitlines() == ["Hi", "[]", "hello"]


def test_it_answers_and_declines_over_the_protocol(trained: Path, english_folder: Path) -> None:
    environment = os.environ | {"TELLME_KIND_DATA": str(trained), "PYTHONPATH": str(english_folder.parents[1])}
    process = subprocess.Popen(
        [sys.executable, "bot.py"],
        cwd=english_folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    replies = process.stdout

    def request(method: str, **params: object) -> tuple[str, dict[str, str]]:
        print(
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}), file=process.stdin, flush=True
        )
        text = ""
        while True:
            message = json.loads(replies.readline())
            if "result" in message:
                return text, message["result"]
            text += message["params"]["update"]["content"]["text"]

    with process:
        request("initialize", protocolVersion=1)
        session = request("session/new", cwd="/", mcpServers=[])[1]["sessionId"]
        for said, reply, reason in (
            ("hello", "Hi", "end_turn"),
            ("capital of France?", "I don't know what to say to that.", "refusal"),
        ):
            text, result = request("session/prompt", sessionId=session, prompt=[{"type": "text", "text": said}])
            assert (text, result["stopReason"]) == (reply, reason)
        process.stdin.close()
        assert process.wait(timeout=20) == 0
