"""How far a long act has come, for pages that ask while it runs.

The act holds a transaction (on SQLite the only one that writes), so its progress lies in the cache that all processes
share. Only a hint: what has become of the act is said by its row.
"""

from django.core.cache import caches

KEPT = 3600  # seconds


def tell(name: str, done: int) -> None:
    """So many steps of the act of this name are done."""
    caches["shared"].set(f"progress:{name}", done, KEPT)


def heard(name: str) -> int:
    """How many steps are done; 0 before the first, and where nothing was heard."""
    return int(caches["shared"].get(f"progress:{name}", 0))
