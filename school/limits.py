"""How often one may knock: a counter in the cache, for what is open to strangers."""

from django.core.cache import cache


def within(act: str, who: str, *, most: int, hours: int) -> bool:
    """Count this attempt; False when `who` has made more than `most` in the running period."""
    key = f"limit:{act}:{who}"
    if cache.add(key, 1, timeout=hours * 3600):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # the period ended between the two calls
        return True
