"""What a bot asks of tellme: a choice of the person's, an answer of another bot, files and commands.

The promise: every request is answered. Outside a turn nobody is asked, and the answer is no; what was not granted, and
what is not known, is the JSON-RPC error for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from tellme.model import Option, Question
from tellme.supervisor.acp_prompt import OpenPrompt
from tellme.supervisor.asked import Asked, OpenRequests, Respond
from tellme.supervisor.link import TakeBack
from tellme.supervisor.sessions import Sessions
from tellme.text import clean, shorten
from tellme.wire import acp, jsonrpc
from tellme.wire.fields import AcpError, Json

TYPE_CHECKING = False  # ``typing`` would be loaded for it; see `tellme.values`
if TYPE_CHECKING:
    from tellme.supervisor.grants.granted import Granted
    from tellme.wire.delegating import Answer

_logger = logging.getLogger(__name__)

MAX_OPTIONS = 100
MAX_NAME = 200
MAX_TITLE = 4_000
"""Characters of an option's name and of a question."""


class Requests:
    """Answers what the bot named ``name`` asks, in whichever of its ``prompts`` that are open."""

    def __init__(
        self,
        name: str,
        sessions: Sessions,
        prompts: Mapping[str, OpenPrompt],
        respond: Respond,
        granted: Callable[[str], Granted | None],
    ) -> None:
        """``granted`` returns who carries out a method, where the manifest grants it."""
        self._name = name
        self._sessions = sessions
        self._prompts = prompts
        self._granted = granted
        self._open = OpenRequests(respond)

    def take(self, request: jsonrpc.Request) -> None:
        """Answer a request, now or later."""
        asked = self._open.open(request.id)
        if not asked.is_open:
            return
        try:
            self._take(request.method, request.params, asked)
        except AcpError as error:
            asked.refuse(jsonrpc.INVALID_PARAMS, f"the agent {error}")
        except Exception:
            _logger.exception("a request of %s could not be answered: %.100s", self._name, ascii(request.method))
            asked.refuse(jsonrpc.INTERNAL_ERROR, "an error inside tellme")

    def cancel(self, params: Json) -> None:
        """The bot takes a request back."""
        self._open.cancel(acp.read_cancel_request(params))

    def _take(self, method: str, params: Json, asked: Asked) -> None:
        if method == acp.REQUEST_PERMISSION:
            self._permission(params, asked)
        elif method == acp.CREATE_ELICITATION:
            self._elicitation(params, asked)
        elif method == acp.ASK:
            self._delegation(params, asked)
        elif (granted := self._granted(method)) is not None:
            granted.take(method, params, asked)
        else:
            asked.refuse(jsonrpc.METHOD_NOT_FOUND, f"tellme does not offer {clean(method)[:100]}")

    def _permission(self, params: Json, asked: Asked) -> None:
        wanted = acp.read_permission_request(params)
        options = tuple(
            Option(option.id, shorten(clean(option.name), MAX_NAME), option.kind)
            for option in wanted.options[:MAX_OPTIONS]
        )
        prompt = self._prompt(wanted.session_id)

        def answer(choice: str | None) -> None:
            if choice is None or all(option.id != choice for option in options):
                choice = next((option.id for option in options if option.kind.startswith("reject")), None)
            if choice is None or (prompt is not None and prompt.cancelled):
                asked.answer(acp.permission_cancelled())
            else:
                asked.answer(acp.permission_selected(choice))

        if prompt is None or prompt.cancelled:
            answer(None)
        else:
            title = _title_of_call(prompt, params) or clean(wanted.title)
            asked.on_taken_back = self._question(prompt, wanted.session_id, title, options, answer)

    def _elicitation(self, params: Json, asked: Asked) -> None:
        from tellme.wire import elicitation

        form = elicitation.read_form(params)
        if form is None:
            asked.answer(elicitation.declined())
            return
        prompt = self._prompt(form.session_id)
        if prompt is None or prompt.cancelled:
            asked.answer(elicitation.cancelled())
            return

        def answer(choice: str | None) -> None:
            asked.answer(elicitation.result(form, None if prompt.cancelled else choice))

        options = elicitation.options(form)
        asked.on_taken_back = self._question(prompt, form.session_id, form.message, options, answer)

    def _delegation(self, params: Json, asked: Asked) -> None:
        from tellme.wire import delegating

        ask = delegating.read_ask(params)
        prompt = self._prompt(ask.session_id)

        def answer(outcome: Answer | str) -> None:
            if isinstance(outcome, str):
                asked.refuse(delegating.NOT_ASKED, outcome)
            else:
                asked.answer(delegating.answer_result(outcome))

        if prompt is None or prompt.cancelled:
            answer("a bot can ask another only while it answers a message")
        else:
            prompt.had_effect = True
            asked.on_taken_back = prompt.listener.delegated(ask, answer)

    def _question(
        self,
        prompt: OpenPrompt,
        session: str,
        title: str,
        options: tuple[Option, ...],
        answer: Callable[[str | None], None],
    ) -> TakeBack | None:
        prompt.had_effect = True
        ours = self._sessions.ours(session)
        return prompt.listener.question(Question(self._name, ours, shorten(title, MAX_TITLE), options), answer)

    def _prompt(self, session: str) -> OpenPrompt | None:
        return self._prompts.get(session)


def _title_of_call(prompt: OpenPrompt, params: Json) -> str:
    """Show the tool call that the question is about, where there is more to it than the question; return its title."""
    from tellme.wire.updates import read_tool

    try:
        update = read_tool(params["toolCall"])
    except AcpError:
        return ""
    tells_more = update.parts or update.places or update.given
    return prompt.call(update).title if tells_more or prompt.knows(update.id) else ""
