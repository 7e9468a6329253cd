from .invites import CLASS_ROLES, STAFF_ROLES, Invite, InviteRole, InviteState, InviteUse
from .prints import SlipPrint
from .requests import JoinRequest

__all__ = [
    "CLASS_ROLES",
    "STAFF_ROLES",
    "Invite",
    "InviteRole",
    "InviteState",
    "InviteUse",
    "JoinRequest",
    "SlipPrint",
]
