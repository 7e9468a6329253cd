from tests.access.matrix import SIGNED_IN, row

ROWS = [
    row("appearance", method="post", data=lambda p: {"theme": "dark"}, own={302: SIGNED_IN}, anonymous=302),
    # the same answer to everybody; 503, because no worker runs in the suite
    row("health", own={503: SIGNED_IN}, anonymous=503),
]
