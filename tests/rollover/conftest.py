from tests.school.conftest import as_, kept_world, world

__all__ = ["as_", "kept_world", "world"]
