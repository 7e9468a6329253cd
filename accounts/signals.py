"""What others may hear: accounts does not know who keeps sockets open."""

from django.dispatch import Signal

# Sessions are over: sent with `user` and `session_keys` (list of str), or `None` for "all of this user's, on every
# device". The feed closes the sockets that were opened under them.
sessions_ended = Signal()
