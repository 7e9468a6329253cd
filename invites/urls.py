"""Addresses of invites: the public join page, and the desk under a school."""

from django.urls import URLPattern, URLResolver, include, path

from .views import code, desk, issue, join, join_login, prints, requests, slip_pdf, slips, waiting

app_name = "invites"

_join: list[URLPattern | URLResolver] = [
    path("", join.join, name="join"),
    path("phone/", join.phone, name="join_phone"),
    path("login/", join_login.join_login, name="join_login"),
    path("withdraw/", waiting.withdraw, name="withdraw"),
    path("standing/", waiting.standing, name="standing"),
]

_invites: list[URLPattern | URLResolver] = [
    path("", desk.invites, name="list"),
    path("new/", issue.create, name="create"),
    path("administrators/new/", issue.create_administrator, name="create_administrator"),
    path("annul/", desk.annul, name="annul"),
    path("people/<int:pk>/", slips.invite_person, name="invite_person"),
    path("people/<int:pk>/pdf/", slip_pdf.print_person, name="print_person"),
    path("children/<int:pk>/", slips.invite_child, name="invite_child"),
    path("classes/<int:pk>/<str:role>/", slips.slips, name="slips"),
    path("classes/<int:pk>/<str:role>/new/", slips.create_slips, name="create_slips"),
    path("classes/<int:pk>/<str:role>/pdf/", slip_pdf.print_slips, name="print_slips"),
    path("staff/", slips.staff_slips, name="staff_slips"),
    path("staff/new/", slips.create_staff_slips, name="create_staff_slips"),
    path("staff/pdf/", slip_pdf.print_staff, name="print_staff_slips"),
    path("prints/", prints.prints, name="prints"),
    path("prints/<int:pk>/", prints.slip_print, name="print"),
    path("prints/<int:pk>/file/", prints.print_file, name="print_file"),
    path("<int:pk>/", desk.detail, name="detail"),
    path("<int:pk>/sheet/", desk.sheet, name="sheet"),
]

_requests: list[URLPattern | URLResolver] = [
    path("", requests.requests, name="requests"),
    path("decide/", requests.decide, name="decide_requests"),
    path("<int:pk>/", requests.request_page, name="request"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("code/", code.code, name="code"),
    path("join/<str:token>/", include(_join)),
    path("schools/<int:school_id>/invites/", include(_invites)),
    path("schools/<int:school_id>/requests/", include(_requests)),
]
