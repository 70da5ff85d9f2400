"""Mail, the calendar feed and the meeting pack: nothing that names a pupil leaves by mail.

A Django app: reads triage's events into an outbox, and a worker sends it.
"""

__all__: list[str] = []
