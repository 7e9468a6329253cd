"""The demo school: made-up people, real rules. Everything is done by the services, as their users would do it.

Deterministic: the same size on the same day gives the same school. Only dates are moved to the past afterwards
(`ageing`), because a service acts now and a school has a history.
"""
