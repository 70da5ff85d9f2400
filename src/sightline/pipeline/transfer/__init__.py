"""Files for another school: what a pupil takes along when they leave.

In: an opened snapshot and pupils. Out: a Common Transfer File, not yet written anywhere. The caller
records whom it is about.
"""

from sightline.pipeline.transfer.file import Transfer, school_number, transfer_file

__all__ = ["Transfer", "school_number", "transfer_file"]
