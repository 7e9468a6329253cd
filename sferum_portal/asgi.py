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
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def without_ambiguous_headers(application: Application) -> Application:
    """WSGI cannot tell X_Forwarded_For from X-Forwarded-For: names with an underscore are dropped."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope["headers"] = [(name, value) for name, value in scope["headers"] if b"_" not in name]
        await application(scope, receive, send)

    return serve


def known_origin(application: Application) -> Application:
    """A browser says which site opened the socket, and it has to be ours. A program with a token is no browser."""
    checked = AllowedHostsOriginValidator(application)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope["headers"]}
        program = b"authorization" in names and b"origin" not in names
        await (application if program else checked)(scope, receive, send)

    return serve


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


http = WSGIMiddleware(cast(Any, wsgi_application), workers=int(os.environ.get("WEB_THREADS", "8")))
websocket = URLRouter([path("ws/feed/", FeedConsumer.as_asgi()), re_path(r"", cast(Any, refuse))])
application = ProtocolTypeRouter(
    {
        "http": without_ambiguous_headers(cast(Application, http)),
        "websocket": known_origin(websocket),
        "lifespan": lifespan,
    }
)
