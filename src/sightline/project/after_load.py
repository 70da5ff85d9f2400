"""What follows a published load where a site has accounts: they follow the staff file."""

from datetime import datetime

from sightline.kit import plural
from sightline.people.actions.staff import follow_staff
from sightline.pipeline.staff import staff_now
from sightline.site import Site

__all__ = ["follow_load"]


def follow_load(site: Site, at: datetime) -> list[str]:
    """Close leavers' accounts and take movers' grants away; a sentence for each thing done."""
    told = []
    schools = staff_now(site, at.date())
    for school_id, staff in schools.items():
        elsewhere = {
            one: other for other, held in schools.items() if other != school_id for one in held
        }
        changes = follow_staff(
            at=at, school_id=school_id, staff=staff, present=set(staff), elsewhere=elsewhere
        )
        if changes.closed:
            told.append(f"{school_id}: {plural(len(changes.closed), 'account')} of leavers closed.")
        if changes.moved:
            moved = plural(len(changes.moved), "account")
            told.append(f"{school_id}: {moved} moved to another school, without access there yet.")
        if changes.held_back:
            missing = f"{school_id}: {len(changes.held_back)} accounts are not in the staff file."
            told.append(f"{missing} That is most of them, so none was closed: check the file.")
        if changes.joiners:
            told.append(f"{school_id}: {len(changes.joiners)} in the staff file have no account.")
    return told
