"""A session as a document: Markdown for people, JSON for programs. Pure.

The promise: no text of a person or a bot can change what stands around it, in the file or on a terminal that shows it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tellme.model import Attachment, Session, Turn, TurnStatus
from tellme.text import clean, clean_json

NO_REASON = "no reason is known"
NOT_YET = "has not answered yet."

Files = Mapping[str, Sequence[Attachment]]
"""The files that went with messages, by the ids of their turns."""
NO_FILES: Files = MappingProxyType({})


def to_markdown(bot_name: str, session: Session, turns: Sequence[Turn], files: Files = NO_FILES) -> str:
    """Write a session as CommonMark.

    A text of one line follows its label. A longer one, or one with space at an end, is a block quote: whatever it
    leaves open (a code fence, an HTML comment) ends with the quote, and ``importing`` finds the same text again.
    Files that went with a message are named below it, each by itself.
    """
    bot = clean(bot_name)
    blocks = [f"# {bot}, {_date(session.started_at)}", _facts(session)]
    for turn in turns:
        names = [_labelled("With:", file.name) for file in files.get(turn.id, ())]
        blocks += [_labelled("You:", turn.message), *names, *_reply(bot, turn)]
    return "\n\n".join(blocks) + "\n"


def to_json(bot_name: str, session: Session, turns: Sequence[Turn], files: Files = NO_FILES) -> str:
    """Write a session as one JSON object; times are ISO 8601 in UTC, null where there is none.

    ``bot``, ``bot_id``, ``session``, ``title``, ``started_at``, ``ended_at``, ``used_at``, and ``turns``: a list,
    oldest first, of ``turn``, ``sent_at``, ``message``, ``text``, ``status`` (null while it is open), ``latency_ms``,
    ``attempts``, ``error`` where it failed, and ``attachments`` where files went with the message (``name``, ``uri``,
    ``mime`` of each; their content is no part of the document). Each time stands there again, in seconds since the
    epoch and exact (``started_s`` …), for ``importing``. Texts are as they were said; what a terminal would obey is
    escaped.
    """
    document = {
        "bot": bot_name,
        "bot_id": session.bot,
        "session": session.id,
        "title": session.title,
        "started_at": timestamp(session.started_at),
        "ended_at": None if session.ended_at is None else timestamp(session.ended_at),
        "used_at": timestamp(session.used_at),
        "started_s": session.started_at,
        "ended_s": session.ended_at,
        "used_s": session.used_at,
        "turns": [_turn_fields(turn, files.get(turn.id, ())) for turn in turns],
    }
    return clean_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _facts(session: Session) -> str:
    ended = "" if session.ended_at is None else f", ended {_date(session.ended_at)}"
    return f"Session `{session.id}`{ended}"


def _reply(bot: str, turn: Turn) -> list[str]:
    match turn.status:
        case None:
            return [f"**{bot}** {NOT_YET}"]
        case TurnStatus.ANSWERED:
            return [_labelled(f"{bot}:", turn.text)]
        case TurnStatus.DECLINED:
            return [_labelled(f"{bot} (declined):", turn.text)]
        case TurnStatus.FAILED:
            partial = [_labelled(f"{bot} (unfinished):", turn.text)] if turn.text else []
            return [*partial, _labelled(f"{bot} failed:", turn.error or NO_REASON)]


def _labelled(label: str, text: str) -> str:
    text = clean(text)
    if not text:
        return f"**{label}**"
    if "\n" not in text and text == text.strip():
        return f"**{label}** {text}"
    return f"**{label}**\n\n" + "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _turn_fields(turn: Turn, files: Sequence[Attachment]) -> dict[str, object]:
    fields: dict[str, object] = {
        "turn": turn.id,
        "sent_at": timestamp(turn.sent_at),
        "sent_s": turn.sent_at,
        "message": turn.message,
        "text": turn.text,
        "status": None if turn.status is None else turn.status.value,
        "latency_ms": turn.latency_ms,
        "attempts": turn.attempts,
    }
    if turn.error is not None:
        fields["error"] = turn.error
    if files:
        fields["attachments"] = attachment_fields(files)
    return fields


def attachment_fields(files: Sequence[Attachment]) -> list[dict[str, str]]:
    """Return files as programs see them; their content is no part of that."""
    return [{"name": file.name, "uri": file.uri, "mime": file.mime} for file in files]


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))


def timestamp(seconds: float) -> str:
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return time.strftime(f"%Y-%m-%dT%H:%M:%S.{milliseconds:03}Z", time.gmtime(whole))
