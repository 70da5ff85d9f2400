"""Triggers by which the database refuses to move a support's goal after its start.

The sealed words are guarded by the model alone: they are sealed anew when the site's key changes.
"""

from typing import Any

from django.db import migrations

FIXED = ("aim_signal", "start_level", "success", "started_on")
WORDS = "what a support hopes for is fixed at its start"
SQLITE = [
    f"CREATE TRIGGER support_is_fixed BEFORE UPDATE OF {', '.join(FIXED)} ON triage_support WHEN "
    + " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in FIXED)
    + f" BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
]
POSTGRESQL = [
    "CREATE FUNCTION support_is_fixed() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    "CREATE TRIGGER support_is_fixed BEFORE UPDATE ON triage_support FOR EACH ROW WHEN ("
    + " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in FIXED)
    + ") EXECUTE FUNCTION support_is_fixed()",
]


def guard(apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
