from typing import Any, ClassVar

from django.core.management import call_command
from django.db import migrations


def make_cache_table(apps: Any, schema_editor: Any) -> None:
    """Where the cache is not in the database, this makes nothing."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations = [migrations.RunPython(make_cache_table, migrations.RunPython.noop, elidable=False)]
