"""The audit chain's first row, and triggers by which the database refuses to alter the record."""

from typing import Any

from django.db import migrations

from sightline.record.chain import START

SQLITE = [
    f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON record_auditevent "
    "BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END"
    for verb in ("update", "delete")
] + [
    # INSERT OR REPLACE deletes the row in its way without asking the trigger above.
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON record_auditevent "
    "WHEN EXISTS (SELECT 1 FROM record_auditevent WHERE number = NEW.number) "
    "BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END"
]
POSTGRESQL = [
    "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit record is append-only'; END $$",
    "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON record_auditevent "
    "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON record_auditevent "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
]


def guard(apps: Any, editor: Any) -> None:
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def begin(apps: Any, editor: Any) -> None:
    apps.get_model("record", "ChainHead").objects.create(pk=1, number=0, hash=START)


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
