"""The indexes by which people are found; where trigrams cannot be had the search works without them."""

from django.db import migrations

from school.indexes import EXTENSION, PiecesIndex, make_trigrams

WITHOUT = """
  People of a large school are searched slowly, for the extension pg_trgm cannot be had: {reason}
  Whenever it can, in this database, as a superuser:
    {extension};
    DROP INDEX people_by_search_words, people_by_phone;
    CREATE INDEX people_by_search_words ON school_person USING gin (search_words gin_trgm_ops);
    CREATE INDEX people_by_phone ON school_person USING gin (phone gin_trgm_ops);"""


def add(apps, schema_editor):
    if reason := make_trigrams(schema_editor.connection):
        print(WITHOUT.format(reason=reason, extension=EXTENSION))


class Migration(migrations.Migration):
    dependencies = [("school", "0010_people_found_in_any_spelling")]
    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="person", index=PiecesIndex(fields=["school", "search_words"], name="people_by_search_words")
        ),
        migrations.AddIndex(model_name="person", index=PiecesIndex(fields=["school", "phone"], name="people_by_phone")),
    ]
