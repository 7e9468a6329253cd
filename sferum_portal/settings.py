"""Settings: one file, driven by the environment. `DATABASE_URL` and `REDIS_URL` alone make a production of it."""

import json
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from .environment import env_bool, env_list, local_secret

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
TEST_RUN = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}" if TESTING else ""
if TESTING:  # each process of a test run has its own files, and leaves none (tests/conftest.py)
    VAR_DIR = Path(tempfile.mkdtemp(prefix=f"sferum-{TEST_RUN}-"))
else:
    VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
    VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env_bool("DEBUG")
DEVELOPMENT = env_bool("DEVELOPMENT", default="DATABASE_URL" not in os.environ)
SECRET_KEY = local_secret("SECRET_KEY", VAR_DIR)
INVITE_KEY = local_secret("INVITE_KEY", VAR_DIR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")

INSTALLED_APPS = [
    "sferum_portal",
    "accounts",
    "school",
    "chats",
    "channels_app",
    "invites",
    "documents",
    "stats",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "guardian",
    "lucide",
    "rest_framework",
    "rest_framework.authtoken",
]

MIDDLEWARE = [
    "sferum_portal.request_context.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "sferum_portal.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.AccountsMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "sferum_portal.urls"
WSGI_APPLICATION = "sferum_portal.wsgi.application"
ASGI_APPLICATION = "sferum_portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "school.current.school_context",
                "sferum_portal.appearance.appearance",
                "sferum_portal.navigation.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "sferum_portal.ui_tags"],
        },
    }
]
FORM_RENDERER = "sferum_portal.form_rendering.PortalRenderer"

# --- database: SQLite on a bare machine, PostgreSQL in production ---------------------------------------------------
# SQLite without IMMEDIATE answers "database is locked" at once to a transaction that read before it wrote.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": dj_database_url.config(  # type: ignore[dict-item]
        default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}", conn_max_age=600, conn_health_checks=False
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
if TESTING:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a connection kept by a server's thread would keep the test database
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # a file, so that threads lock each other as they really do
        DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache, sessions, broker: memory and files on a bare machine, Redis in production -------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CACHES["shared"] = CACHES["default"]
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"visibility_timeout": 900, "unacked_restore_throttle": 1}
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        # what the worker tells the web process
        "shared": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(VAR_DIR / "cache"),
        },
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
    _broker = VAR_DIR / "broker"
    for _folder in ("queue", "taken", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "files://localhost"  # sferum_portal/broker.py
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "taken"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.1,
    }

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULER = "sferum_portal.beat.DatabaseScheduler"
CELERY_TIMEZONE = os.environ.get("TIME_ZONE", "Europe/Moscow")
# The database is the schedule: each entry is a sweep over rows that are due, safe to run twice.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "annul-unclaimed-invites": {"task": "invites.tasks.annul_unclaimed", "schedule": timedelta(minutes=1)},
    "heartbeat": {
        "task": "sferum_portal.tasks.heartbeat",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 60},
    },
    "expire-temporary-rights": {"task": "school.tasks.expire_temporary_rights", "schedule": timedelta(minutes=1)},
    "carry-out-acts": {"task": "school.tasks.carry_out_acts", "schedule": timedelta(minutes=1)},
    "take-up-imports": {"task": "school.tasks.take_up_imports", "schedule": timedelta(minutes=1)},
    "clear-imports-away": {"task": "school.tasks.clear_imports_away", "schedule": timedelta(hours=1)},
    "check-rights": {"task": "school.tasks.check_all_rights", "schedule": crontab(hour=3, minute=20)},
    "attend-chats": {"task": "chats.tasks.attend_chats", "schedule": timedelta(hours=1)},
    "delete-unverified-users": {"task": "accounts.tasks.delete_unverified_users", "schedule": timedelta(hours=1)},
    "expire-invites": {"task": "invites.tasks.expire_due", "schedule": timedelta(minutes=1)},
    "print-slips": {"task": "invites.tasks.print_ordered", "schedule": timedelta(minutes=1)},
    "delete-printed-slips": {"task": "invites.tasks.delete_old_prints", "schedule": timedelta(hours=1)},
    "apply-rollovers": {"task": "school.tasks.apply_rollovers", "schedule": timedelta(minutes=1)},
}

# --- live feed: in process without Redis, one channel of Redis with it ----------------------------------------------
FEED_CHANNEL = os.environ.get("FEED_CHANNEL", f"sferum-feed-{REDIS_URL.rpartition('/')[2] or 0}")

if TESTING and REDIS_URL:  # parallel test runs share one Redis and must not hear each other
    CACHES["default"]["KEY_PREFIX"] = FEED_CHANNEL = CELERY_TASK_DEFAULT_QUEUE = f"test-{TEST_RUN}"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "school.rights.RightsBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name", "email", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# --- signing in: one phone form for everybody, a password or a passkey for those who want one ------------------------
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email", "username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_FORMS = {"confirm_login_code": "accounts.forms.CodeForm", "verify_phone": "accounts.forms.ProvePhoneForm"}
# Nobody signs up by allauth's page; the fields say that a phone exists (and may be missing) and that a password may
# be used. A password is never set before the phone is proved: whoever came first would keep a key to the account.
ACCOUNT_SIGNUP_FIELDS = ["phone", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.partition(":")[0]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_FORMAT = ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# A whole school sits behind one address, so limits per address are wide; those per phone and login are narrow.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "300/m/ip,3/m/key,10/h/key,30/d/key",
    "verify_phone": "300/m/ip,2/m/key,10/h/key",
    "change_phone": "5/m/user,20/d/user",
    "login": "600/m/ip",
    "login_failed": "200/m/ip,5/5m/key,30/h/key",
    "reset_password": "60/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "60/m/ip",
}
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "reauthenticate": "accounts.forms.ProveAgainForm",
    "activate_totp": "accounts.forms.SetUpAppForm",
    "add_webauthn": "accounts.forms.AddKeyForm",
    "edit_webauthn": "accounts.forms.RenameKeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# An address nobody has confirmed yet is no reason to refuse a second factor: people are known by their phone.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
MFA_TOTP_ISSUER = "Sferum Portal"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
USERSESSIONS_ADAPTER = "accounts.adapter.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False
# Paths of functions phone -> bool: a phone that another app waits for gets a login at its first sign-in.
AWAITED_PHONES: list[str] = []
# Path of a function user -> bool: who must have a second factor. Empty: nobody.
SECOND_FACTOR_REQUIRED = "school.second_factor.is_demanded"

# --- messages to people: on a bare machine to the log and /dev/outbox/ ----------------------------------------------
_sms_backend = "MemoryBackend" if TESTING else "DevelopmentBackend" if DEVELOPMENT else "HttpBackend"
SMS_BACKEND = os.environ.get("SMS_BACKEND", f"accounts.sms.{_sms_backend}")
# How a provider is spoken to over HTTP, as JSON: url, method, format, headers, fields, ok, timeout (accounts/sms.py).
SMS_HTTP: dict[str, Any] = json.loads(os.environ.get("SMS_HTTP", "{}"))
EMAIL_BACKEND = "accounts.outbox.EmailBackend" if DEVELOPMENT else "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "portal@localhost")

# --- the API: a session's cookie with CSRF, or a token; errors as Problem Details -----------------------------------
REST_FRAMEWORK = {
    # The first one names the way to sign in, so that a stranger gets 401 and not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PAGINATION_CLASS": "sferum_portal.api.Pages",
    "DEFAULT_THROTTLE_CLASSES": ["sferum_portal.api.Limit"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "sferum_portal.problems.handle_exception",
    "NUM_PROXIES": 0,  # RequestContextMiddleware has settled the address
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
API_LIMIT_USER = int(os.environ.get("API_LIMIT_USER", "600"))  # requests a minute
API_LIMIT_ADDRESS = int(os.environ.get("API_LIMIT_ADDRESS", "1200"))  # a whole school sits behind one address
SPECTACULAR_SETTINGS = {
    "TITLE": "Sferum Portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {  # several models call a choice of theirs «kind»
        "PositionKind": "school.models.StaffPosition.Kind",
        "ClassKind": "school.models.SchoolClass.Kind",
        "GuardianKind": "school.models.Guardianship.Kind",
        "EmployableKind": "school.api.people.EMPLOYABLE",
        "ChannelKind": "channels_app.models.ChannelKind",
        "ChatKind": "chats.kinds.Kind",
        "DocumentKind": "documents.models.DocumentKind",
        "DocumentState": "documents.models.DocumentState",
        "InviteState": "invites.models.InviteState",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "sferum_portal.problems.describe_problems",
    ],
}

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = CELERY_TIMEZONE
USE_TZ = True

# --- static, security -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static_root"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
if DEVELOPMENT:  # WhiteNoise warns of a folder that is not there
    STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEVELOPMENT
if not DEVELOPMENT and not TESTING:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Proxies of ours in front of the portal; without one, X-Forwarded-For is what anybody may write.
TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))
CSRF_FAILURE_VIEW = "sferum_portal.errors.csrf_failure"
HTTPS = env_bool("HTTPS", default=SITE_URL.startswith("https://"))
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # monitoring asks from inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "sferum_portal.request_context.RequestIdFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
SILENCED_SYSTEM_CHECKS = [
    "account.W001",  # nobody signs up by allauth's page, so its fields need not fit the ways to sign in
    "guardian.W001",  # ours (school.rights) asks guardian's tables once per request
    "security.W005",  # whether subdomains are HTTPS-only and
    "security.W021",  # preloaded is for the owner of the domain to say, in the proxy
]
