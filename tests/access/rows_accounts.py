from tests.access.matrix import SIGNED_IN, row

ROWS = [
    row("accounts:profile", own={200: SIGNED_IN}),
    row("accounts:development_outbox", own={200: SIGNED_IN}, anonymous=200),
]
