"""What has been made so far, and what every step of the making needs."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from accounts.models import User
from school.models import Person, School, SchoolClass, Subject

from .names import Names
from .plan import SignIn, Size


def numbers_from(first: int) -> Iterator[str]:
    """Phones that nobody has: +7 900 000-10-01 and on."""
    return (f"+7900{number:07d}" for number in itertools.count(first))


def phone_of(sign_in: SignIn) -> str:
    return f"+790000000{sign_in.value}"


@dataclass
class Stage:
    """One school in the making. `number` is 1 for the school whose people a visitor signs in as."""

    size: Size
    number: int
    names: Names
    phones: Iterator[str]
    school: School = field(init=False)
    administrator: User = field(init=False)
    staff: dict[str, list[Person]] = field(default_factory=dict)  # by kind of position
    classes: dict[str, SchoolClass] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    homerooms: dict[str, Person] = field(default_factory=dict)
    pupils: dict[str, Sequence[Person]] = field(default_factory=dict)
    parents: dict[int, list[Person]] = field(default_factory=dict)  # by pupil
    sign_ins: dict[SignIn, Person] = field(default_factory=dict)

    @property
    def random(self) -> Random:
        return self.names.random

    def by_chance(self, share: float) -> bool:
        return self.random.random() < share

    def cast(self, sign_in: SignIn, person: Person) -> None:
        """This person is the one whom a visitor may sign in as; the first one asked stays."""
        if self.number == 1:
            self.sign_ins.setdefault(sign_in, person)

    def sign_in_of(self, person: Person) -> SignIn | None:
        return next((role for role, cast in self.sign_ins.items() if cast.pk == person.pk), None)

    def phone_for(self, person: Person) -> str:
        sign_in = self.sign_in_of(person)
        return phone_of(sign_in) if sign_in else next(self.phones)
