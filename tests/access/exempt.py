"""Addresses that need no row of the matrix, and why. A key that ends with «*» stands for what begins so."""

EXEMPT: dict[str, str] = {
    "admin:*": "Django's admin: for the operator only, Django tests it; test_the_admin_is_for_the_operator asks once",
    "account_*": "allauth: pages about the visitor's own login, without an object of a school",
    "mfa_*": "allauth: the visitor's own second factor",
    "gallery*": "components with made-up people, on a development machine only (tests/ui/test_pages.py)",
    "usersessions_list": "allauth: the visitor's own sessions",
    "api:schema": "the public description of the API, slow to make: tests/portal/test_api.py",
}
