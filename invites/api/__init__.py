"""The API of invites: a link is looked at and used; links and join requests are kept by those who may.

The same services and the same check as the pages. A refusal is a problem whose `code` is one of `invites.refusals`.
"""

from django.urls import path

from . import desk, door, requests

urlpatterns = [
    path("invites/<str:token>/", door.InviteView.as_view(), name="invite"),
    path("invites/<str:token>/redeem/", door.RedeemView.as_view(), name="redeem_invite"),
    path("schools/<int:school_id>/invites/", desk.InvitesView.as_view(), name="invites"),
    path("schools/<int:school_id>/invites/personal/", desk.PersonalView.as_view(), name="personal_invite"),
    path("schools/<int:school_id>/invites/slips/", desk.SlipsView.as_view(), name="invite_slips"),
    path("schools/<int:school_id>/invites/annul/", desk.AnnulView.as_view(), name="annul_invites"),
    path("schools/<int:school_id>/invites/<int:pk>/", desk.InviteDetailView.as_view(), name="invite_detail"),
    path("schools/<int:school_id>/join-requests/", requests.RequestsView.as_view(), name="join_requests"),
    path("schools/<int:school_id>/join-requests/approve/", requests.ApproveView.as_view(), name="approve_requests"),
    path("schools/<int:school_id>/join-requests/reject/", requests.RejectView.as_view(), name="reject_requests"),
    path(
        "schools/<int:school_id>/join-requests/<int:pk>/approve/",
        requests.ApproveOneView.as_view(),
        name="approve_request",
    ),
    path("join-requests/", requests.OwnRequestsView.as_view(), name="own_requests"),
    path("join-requests/<int:pk>/", requests.OwnRequestView.as_view(), name="own_request"),
]
