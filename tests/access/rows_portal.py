from tests.access.matrix import SIGNED_IN, row

ROWS = [
    row("appearance", method="post", data=lambda p: {"theme": "dark"}, own={302: SIGNED_IN}, anonymous=302),
]
