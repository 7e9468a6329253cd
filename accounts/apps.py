from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset, password_set
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_out

        from accounts import checks, receivers  # noqa: F401

        for signal in (password_changed, password_reset, password_set):
            signal.connect(receivers.on_password_changed)
        authenticator_added.connect(receivers.on_authenticator_added)
        user_logged_out.connect(receivers.on_logged_out)
