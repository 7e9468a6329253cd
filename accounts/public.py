"""Which addresses of signing in are open to somebody who has not signed in, and why. Everything else asks him to.

The access matrix (tests/access) reads it: a new address is either here or behind the sign-in.
"""

PUBLIC = {
    "account_login": "the sign-in page",
    "account_request_login_code": "takes the phone",
    "account_confirm_login_code": "takes the code; only after a phone was given in this browser",
    "account_verify_phone": "takes the code that proves a phone, during a sign-in",
    "mfa_authenticate": "takes the second factor, during a sign-in",
    "mfa_login_webauthn": "sign-in with a passkey",
    "account_logout": "leaves; without a session it leads to the sign-in page",
    "account_signup": "says that people come by an invite and how to get one",
    "account_inactive": "says that the account is blocked",
    "account_reset_password": "asks for a letter with a link",
    "account_reset_password_done": "says that the letter was sent",
    "account_reset_password_from_key": "sets a new password by the link",
    "account_reset_password_from_key_done": "says that the password was set",
    "account_confirm_email": "confirms an address by the link; the POST does it, not the GET",
    "account_email_verification_sent": "says that a letter was sent",
    "accounts:development_outbox": "404 outside a development machine",
}
