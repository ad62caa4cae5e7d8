from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Django gets to know the table; nothing in the database changes."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("web", "0001_cache_table")]

    operations = [
        migrations.CreateModel(
            name="CachedValue",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "loyalty_admin_cache", "managed": False},
        ),
    ]
