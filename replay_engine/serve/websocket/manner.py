"""How a conversation is held: by what was set for its session when the handshake was answered.

The answer's own headers tell, since with several workers another process may have made it.
"""

from __future__ import annotations

from smartsandbox.replay_engine.serve.answer import Answer
from smartsandbox.replay_engine.serve.chaos import Chaos
from smartsandbox.replay_engine.serve.request import LiveRequest
from smartsandbox.replay_engine.serve.responder import Responder
from smartsandbox.replay_engine.serve.websocket.chaos import MessageChaos, Source
from smartsandbox.replay_engine.serve.websocket.talk import Manner
from smartsandbox.replay_engine.websocket.conversations import Conversation


def manner_of(responder: Responder, request: LiveRequest, answer: Answer, said: Conversation) -> Manner:
    """Of the conversation that an answer opens."""
    rewriting, sockets = responder.steps.rewriting, responder.journal.sockets
    times = rewriting.messages(answer.head, said.row)
    filling = rewriting.filling(request, answer.head, said.row, responder.caller(request), sockets)
    return Manner(responder.pace, responder.unknown, times, filling, _chaos(responder, request, answer, said))


def _chaos(responder: Responder, request: LiveRequest, answer: Answer, said: Conversation) -> MessageChaos | None:
    effect = responder.steps.part(Chaos)
    spec = effect.on_messages(answer.head) if effect is not None else None
    if effect is None or spec is None:
        return None
    exchange = responder.rows.id[said.row].decode()
    return MessageChaos(spec, Source(effect.seed, responder.caller(request), exchange, said.row, responder.journal))
