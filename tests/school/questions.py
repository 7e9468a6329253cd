"""May he, which objects, who: the three questions, asked of everybody about everything."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from school.models import School, SchoolClass, StudyGroup
from school.regulation import RIGHTS
from school.rights import may, rights_of, users_allowed

MODELS: tuple[Any, ...] = (School, SchoolClass, StudyGroup)


def disagreements(users: Iterable[User]) -> list[str]:
    """Where the answers differ, for every object in the database; nothing when they agree."""
    asked = list(User.objects.filter(pk__in=[user.pk for user in users]))
    objects = [obj for model in MODELS for obj in model.objects.all()]
    allowing = {(user.pk, model): _allowing(user, model) for user in asked for model in MODELS}
    wrong = []
    for obj in objects:
        for codename in RIGHTS:
            who = set(users_allowed(codename, obj).values_list("pk", flat=True))
            for user in asked:
                objects_allowed = allowing[user.pk, type(obj)][codename]
                answers = may(user, codename, obj), obj.pk in objects_allowed, user.pk in who
                if len(set(answers)) > 1:
                    wrong.append(f"{user} · {codename} · {obj!r}: may, allowing, users_allowed = {answers}")
    return wrong


def _allowing(user: User, model: Any) -> dict[str, set[int]]:
    """The objects by right; of the rights that he holds nowhere one is asked about, they are all the same look-up."""
    held = {codename for _level, _pk, codename in rights_of(user).rows}
    unheld = sorted(RIGHTS.keys() - held)
    found = {c: set(model.objects.allowing(user, c).values_list("pk", flat=True)) for c in [*held, *unheld[:1]]}
    return dict.fromkeys(unheld, found[unheld[0]] if unheld else set()) | found
