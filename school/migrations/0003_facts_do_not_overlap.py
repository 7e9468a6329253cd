"""No overlap in time: exclusion constraints on PostgreSQL, which alone has them; the services keep the rule on SQLite."""

from django.db import migrations

FACTS = {
    "school_enrolment": ["person_id"],
    "school_homeroom": ["school_class_id"],
    "school_staffposition": ["person_id", "kind"],
    "school_groupmembership": ["person_id", "study_group_id"],
    "school_teaching": ["person_id", "study_group_id"],
    "school_guardianship": ["pupil_id", "guardian_id"],
    "school_activist": ["person_id", "kind"],
}


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist", params=None)
    for table, columns in FACTS.items():
        same = ", ".join(f"{column} WITH =" for column in columns)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_do_not_overlap "
            f"EXCLUDE USING gist ({same}, daterange(starts_on, ends_on) WITH &&)",
            params=None,
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in FACTS:
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_do_not_overlap", params=None)


class Migration(migrations.Migration):
    dependencies = [("school", "0002_event_log_is_append_only")]
    operations = [migrations.RunPython(add, remove)]
