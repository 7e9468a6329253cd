"""One server for both: HTTP as WSGI in threads that keep their database connections, WebSocket by Channels."""

import os
from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path, re_path

from .wsgi import application as wsgi_application  # sets Django up, so it comes before what needs it

from .consumers import FeedConsumer  # isort: skip
from .feed.runtime import runtime  # isort: skip

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """The feed listens before the first client comes and stops after the last one left."""
    await receive()
    await runtime.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await runtime.stop()
    await send({"type": "lifespan.shutdown.complete"})


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """A WebSocket address that does not exist."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast(Any, wsgi_application), workers=int(os.environ.get("WEB_THREADS", "8"))),
        "websocket": AllowedHostsOriginValidator(
            URLRouter([path("ws/feed/", FeedConsumer.as_asgi()), re_path(r"", cast(Any, refuse))])
        ),
        "lifespan": lifespan,
    }
)
