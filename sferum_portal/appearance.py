"""Light or dark, ordinary or low-vision: two cookies, set by a POST, so that the switch works without JavaScript."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES = {"theme": ("auto", "light", "dark"), "vision": ("normal", "low")}
YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest) -> dict[str, str]:
    """What the reader chose, by cookie; an unknown value counts as the default."""
    values = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return {name: value if value in CHOICES[name] else CHOICES[name][0] for name, value in values.items()}


def appearance(request: HttpRequest) -> dict[str, dict[str, str]]:
    """Context processor: `appearance.theme` and `appearance.vision`."""
    return {"appearance": chosen(request)}


@login_not_required
@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Keep the choice in cookies and go back to the page it was made on."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    for name, allowed in CHOICES.items():
        if (value := request.POST.get(name, "")) in allowed:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response
