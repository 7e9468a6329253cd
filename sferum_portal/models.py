"""What the portal remembers about itself."""

from django.db import models


class LastRun(models.Model):
    """When something ran last: the worker, beat, and each entry of the schedule ("schedule:<name>")."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M:%S}"
