"""The feed over Redis: one channel for the whole installation, numbered by Redis, filtered by each process's hub.

One channel and one subscription for a process's life: nothing is subscribed while clients come and go. Redis numbers
the events, so a process sees at once that it missed one, and a client that reconnects to another process goes on from
its cursor.
"""

import asyncio
import contextlib
import logging
import secrets
import threading
from collections.abc import Sequence
from typing import Any

import redis
import redis.asyncio

from .events import Event
from .hub import Hub

log = logging.getLogger(__name__)

SILENCE = 10.0  # seconds without a word, then a ping; as long again without an answer, then a new connection
RETRY = 1.0
TIMEOUT = 5.0

# Number and publish in one step, so that every process gets the same order.
# KEYS: counter, epoch. ARGV: channel, the epoch if there is none yet, events.
PUBLISH = """
local epoch = redis.call('GET', KEYS[2])
if not epoch then
    epoch = ARGV[2]
    redis.call('SET', KEYS[2], epoch)
    redis.call('DEL', KEYS[1])
end
for i = 3, #ARGV do
    local number = redis.call('INCR', KEYS[1])
    redis.call('PUBLISH', ARGV[1], epoch .. ':' .. number .. '\\n' .. ARGV[i])
end
return redis.call('GET', KEYS[1])
"""


def text_of(answer: Any) -> str:
    text: str = answer.decode()
    return text


class RedisTransport:
    """`send` from any thread of any process; `run` in each web process."""

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._keys = [f"{channel}:number", f"{channel}:epoch"]
        self._lock = threading.Lock()
        self._script: Any = None
        self._lost = False
        self.connected = False

    # --- sending ----------------------------------------------------------------------------------------------------

    def send(self, events: Sequence[Event]) -> None:
        """Publish in order. Redis away is logged, not raised: the writing is committed, and clients will resync."""
        if self._lost:
            events = [Event("resync"), *events]
        arguments = [self._channel, secrets.token_hex(4), *(event.encode() for event in events)]
        try:
            self._publish(keys=self._keys, args=arguments)
            self._lost = False
        except redis.RedisError:
            self._lost = True
            log.exception("Redis did not take a feed event.")

    def _publish(self, **call: Any) -> None:
        with self._lock:
            if self._script is None:
                client = redis.Redis.from_url(self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
                self._script = client.register_script(PUBLISH)
        self._script(**call)

    # --- receiving --------------------------------------------------------------------------------------------------

    async def run(self, hub: Hub, started: asyncio.Event) -> None:
        """Hand events to `hub` until cancelled; after every lost connection all clients resync."""
        while True:
            try:
                await self._listen(hub, started)
            except (redis.RedisError, OSError) as error:
                log.warning("The feed lost Redis, trying again: %s", error)
            except Exception:
                log.exception("The feed could not read what came over Redis; it starts again.")
            finally:
                self.connected = False
            started.set()  # the portal comes up without Redis too; /health/ says what is missing
            await asyncio.sleep(RETRY)

    async def _listen(self, hub: Hub, started: asyncio.Event) -> None:
        client = redis.asyncio.Redis.from_url(
            self._url, socket_timeout=SILENCE * 2, socket_connect_timeout=TIMEOUT, client_name=self._channel
        )
        pubsub = client.pubsub()
        try:
            await pubsub.subscribe(self._channel)
            await pubsub.get_message(timeout=TIMEOUT)  # the answer to the subscription
            await client.set(self._keys[1], secrets.token_hex(4), nx=True)
            number, epoch = await client.mget(self._keys)
            hub.restart(text_of(epoch), int(number or 0))
            hub.lose()
            self.connected = True
            started.set()
            await self._relay(pubsub, hub)
        finally:
            with contextlib.suppress(redis.RedisError, OSError):
                await pubsub.aclose()
                await client.aclose()

    async def _relay(self, pubsub: Any, hub: Hub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE)
            if message is None:
                if asked:
                    raise redis.ConnectionError("Redis does not answer.")
                asked = True
                await pubsub.ping()
                continue
            asked = False
            if message["type"] == "message":
                self._hand_on(hub, text_of(message["data"]))

    def _hand_on(self, hub: Hub, data: str) -> None:
        cursor, _, text = data.partition("\n")
        epoch, _, number = cursor.partition(":")
        if epoch == hub.epoch and int(number) <= hub.number:
            return  # published between the subscription and the look at the counter
        hub.deliver_numbered(epoch, int(number), Event.decode(text))
