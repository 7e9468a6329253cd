"""What others may hear: accounts does not know who keeps sockets open."""

from django.dispatch import Signal

# Sessions are over: sent with `user` and `session_keys`. The feed closes the sockets that were opened under them.
sessions_ended = Signal()
