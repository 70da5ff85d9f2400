"""What follows a published load where a site has accounts: they follow the staff file."""

from datetime import datetime

from sightline.cli.django_start import decisions_exist, start_django
from sightline.cli.show import message
from sightline.kit import SightlineError, plural
from sightline.pipeline.staff import staff_now
from sightline.site import Site

__all__ = ["after_load"]


def after_load(site: Site) -> None:
    """Close leavers' accounts, take movers' grants away, and say who has no account yet."""
    try:
        if site.warehouse.current() is None or not decisions_exist(site):
            return
    except SightlineError as error:  # the load itself is done and published
        message(f"{error} Then load again: leavers' accounts are still open.")
        return
    start_django(site.folder)
    from sightline.people.actions.staff import follow_staff
    from sightline.web.clock import now

    moment: datetime = now()
    schools = staff_now(site, moment.date())
    for school_id, staff in schools.items():
        elsewhere = {
            one: other for other, held in schools.items() if other != school_id for one in held
        }
        changes = follow_staff(
            at=moment, school_id=school_id, staff=staff, present=set(staff), elsewhere=elsewhere
        )
        if changes.closed:
            message(f"{school_id}: {plural(len(changes.closed), 'account')} of leavers closed.")
        if changes.moved:
            moved = plural(len(changes.moved), "account")
            message(f"{school_id}: {moved} moved to another school, without access there yet.")
        if changes.held_back:
            missing = f"{school_id}: {len(changes.held_back)} accounts are not in the staff file."
            message(f"{missing} That is most of them, so none was closed: check the file.")
        if changes.joiners:
            message(f"{school_id}: {len(changes.joiners)} in the staff file have no account.")
