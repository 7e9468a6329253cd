"""Limits on guesses of tokens and short codes, per address and per school (design, section 10). Only wrong ones count.

A whole school sits behind one address, so an address may be wrong often. While a school is under attack from many
addresses, each of them gets few guesses; those who hold a true link are not kept out by others' guessing.

A short code has 44 bits, not 144, so its guesses are dearer: each is counted before it is looked at, which no crowd of
parallel requests outruns, and there is a limit for the day. A wrong code names no school: all that are wrong anywhere
in the installation are one attack. What an attacker can reach is reckoned in `invites.codes`.
"""

import time
from contextlib import suppress

from django.core.cache import cache

from . import tokens

WINDOW = 600
WRONG_BY_ADDRESS = 60
WRONG_BY_SCHOOL = 200
WRONG_UNDER_ATTACK = 5
DAY = 24 * 3600
CODES_BY_ADDRESS = 30
CODES_BY_ADDRESS_A_DAY = 100
CODES_EVERYWHERE = 300
CODES_UNDER_ATTACK = 3


def is_blocked(address: str) -> bool:
    """Has this address guessed too much in the last minutes?"""
    return int(cache.get(_key("address", address), 0)) >= WRONG_BY_ADDRESS


def count_wrong(address: str, token: str) -> bool:
    """Note a wrong token. Returns whether the address has guessed too much with it."""
    by_address = _count(_key("address", address))
    named = tokens.named_in(token)
    attacked = named is not None and _count(_key("school", str(named.school_id))) > WRONG_BY_SCHOOL
    return by_address > (WRONG_UNDER_ATTACK if attacked else WRONG_BY_ADDRESS)


def take_guess(address: str) -> bool:
    """Count a short code as wrong before it is looked at. Returns whether it may be looked at at all."""
    now, day = _count(_key("code", address)), _count(_key("code-day", address, DAY), DAY)
    attacked = int(cache.get(_key("code", "everywhere"), 0)) >= CODES_EVERYWHERE
    if now > (CODES_UNDER_ATTACK if attacked else CODES_BY_ADDRESS) or day > CODES_BY_ADDRESS_A_DAY:
        return False
    _count(_key("code", "everywhere"))
    return True


def give_back_guess(address: str) -> None:
    """The code was a true one: it does not count."""
    for key in (_key("code", address), _key("code-day", address, DAY), _key("code", "everywhere")):
        with suppress(ValueError):  # it ran out meanwhile
            cache.decr(key)


def _key(kind: str, who: str, window: int = WINDOW) -> str:
    return f"invite-guesses:{kind}:{who}:{int(time.time()) // window}"


def _count(key: str, window: int = WINDOW) -> int:
    if cache.add(key, 1, window * 2):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        cache.set(key, 1, window * 2)
        return 1
