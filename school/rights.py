"""Rights: filled in by the school app."""


class RightsBackend:
    pass
