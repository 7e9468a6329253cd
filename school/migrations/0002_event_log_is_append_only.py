"""The event log refuses UPDATE and DELETE, whoever asks. On PostgreSQL; SQLite serves one machine and its owner."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the event log is append-only'; END $$;
CREATE TRIGGER event_log_is_append_only BEFORE UPDATE OR DELETE ON school_event
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event();
"""
UNDO = "DROP TRIGGER event_log_is_append_only ON school_event; DROP FUNCTION refuse_change_of_event();"


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGGER, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNDO, params=None)


class Migration(migrations.Migration):
    dependencies = [("school", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
