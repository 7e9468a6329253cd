"""The words by which people are found, for those who are there already."""

from django.db import migrations, models

from school.spelling import search_words

BATCH = 2000


def fill(apps, schema_editor):
    Person = apps.get_model("school", "Person")
    last = 0
    while people := list(Person.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for person in people:
            names = (person.last_name, person.first_name, person.patronymic)
            person.search_words = search_words(" ".join(name for name in names if name))
        Person.objects.bulk_update(people, ["search_words"], batch_size=500)
        last = people[-1].pk


class Migration(migrations.Migration):
    dependencies = [("school", "0009_the_plan_of_the_new_year")]
    operations = [
        migrations.AddField(
            model_name="person",
            name="search_words",
            field=models.TextField(blank=True, default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
