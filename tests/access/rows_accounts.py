from tests.access.matrix import SIGNED_IN, row

ROWS = [
    row("accounts:profile", own={200: SIGNED_IN}),
    row("accounts:development_outbox", own={200: SIGNED_IN}, anonymous=200),
    # somebody else's session, or none: there is nothing to end
    row("accounts:end_session", lambda p: {"pk": 0}, method="post", own={404: SIGNED_IN}),
]
