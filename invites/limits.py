"""Limits on guesses of tokens, per address and per school (design, section 10). Only wrong tokens are counted.

A whole school sits behind one address, so an address may be wrong often. While a school is under attack from many
addresses, each of them gets few guesses; those who hold a true link are not kept out by others' guessing.
"""

import time

from django.core.cache import cache

from . import tokens

WINDOW = 600
WRONG_BY_ADDRESS = 60
WRONG_BY_SCHOOL = 200
WRONG_UNDER_ATTACK = 5


def is_blocked(address: str) -> bool:
    """Has this address guessed too much in the last minutes?"""
    return int(cache.get(_key("address", address), 0)) >= WRONG_BY_ADDRESS


def count_wrong(address: str, token: str) -> bool:
    """Note a wrong token. Returns whether the address has guessed too much with it."""
    by_address = _count(_key("address", address))
    named = tokens.named_in(token)
    attacked = named is not None and _count(_key("school", str(named.school_id))) > WRONG_BY_SCHOOL
    return by_address > (WRONG_UNDER_ATTACK if attacked else WRONG_BY_ADDRESS)


def _key(kind: str, who: str) -> str:
    return f"invite-guesses:{kind}:{who}:{int(time.time()) // WINDOW}"


def _count(key: str) -> int:
    if cache.add(key, 1, WINDOW * 2):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, WINDOW * 2)
        return 1
