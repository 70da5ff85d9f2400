"""The errors a user may see: where, what, and what to do. Anything else is a fault of ours."""

__all__ = ["ERRORS", "SightlineError"]

# code -> (cause, what to do): the reference page of errors is made from this table.
ERRORS: dict[str, tuple[str, str]] = {
    "bad_argument": ("A command was given a value it cannot use.", "Correct the value named."),
    "bad_bundle": (
        "A OneRoster bundle does not agree with its own manifest, or cannot be read.",
        "Nothing of it was used. Have the supplier export it again.",
    ),
    "bad_contract": (
        "A contract file has an unknown key or an unclassified column.",
        "Correct the file named; every column needs a type and a classification.",
    ),
    "bad_mapping": (
        "A file in mappings/ cannot be read.",
        "Give it the two columns its first line had when the site was made.",
    ),
    "bad_profile": ("A profile's files contradict each other.", "Correct the key named."),
    "bad_settings": (
        "settings.toml or thresholds.yml holds a value out of range or of the wrong kind.",
        "Correct the line named; `sightline doctor` lists the allowed values.",
    ),
    "bad_signal": ("A signal's folder is not complete.", "Correct the file named."),
    "busy": (
        "Another command is changing this site.",
        "Wait until it has finished, then run the command again.",
    ),
    "damaged": (
        "A stored file is missing or not what was published.",
        "Restore the site from a copy, or load the exports again into a new site.",
    ),
    "missing_key": (
        "The site's secret key file is missing or is not the one its data was made with.",
        "Put the original secret.key back; without it names cannot be read.",
    ),
    "half_restored": (
        "A restore into this folder was stopped before its end.",
        "Run the same `sightline restore` again: it starts anew.",
    ),
    "no_backup": (
        "The folder holds no whole backup of this site.",
        "Name the folder that `sightline backup` was given.",
    ),
    "no_data": ("Nothing has been loaded yet.", "Run `sightline load` first."),
    "no_files": ("The folder has no file that the profile knows.", "Check the folder and profile."),
    "no_ledger": (
        "A restore was not told what has been erased since the backup.",
        "Give --ledger FILE, the newest erasures.log of the site, or --from-site FOLDER.",
    ),
    "no_room": (
        "The machine ran out of memory or disk space.",
        "Free some space, or set memory_limit in settings.toml; then run the command again.",
    ),
    "no_site": ("The folder is not a Sightline site.", "Make one with `sightline init FOLDER`."),
    "no_tool": (
        "A program that is needed is not on this machine.",
        "Install the one named; on Debian and Ubuntu: apt-get install postgresql-client.",
    ),
    "not_found": ("What was asked for does not exist.", "Choose one of those listed."),
    "not_allowed": (
        "A connection leads to an address that the source does not name.",
        "Correct the address in the source's file; only https and its own host are allowed.",
    ),
    "site_exists": ("The folder already holds a site.", "Choose another folder."),
    "source_changed": (
        "A system answered in a form that its connector does not know, or a field it always filled "
        "came back empty.",
        "Nothing of it was used. Look at the page Data for what changed.",
    ),
    "source_down": (
        "A system did not answer.",
        "Nothing is lost: the next sync goes on from here.",
    ),
    "source_refused": (
        "A system did not accept the credentials, or does not allow what was asked.",
        "Give the credentials again with `sightline connect`, or ask the supplier for the scope.",
    ),
    "source_unsettled": (
        "The files of a source are being written again while they are taken.",
        "Nothing of the set was used: the next sync takes it whole.",
    ),
    "unknown_host": (
        "A server showed another key than the source's file names, or the file names none.",
        "Ask those who run the server, by telephone, to read out its fingerprint. Only if it is "
        "the one shown here, write it into the source's file as `host_key`.",
    ),
}


class SightlineError(Exception):
    """Something a user can put right.

    `code` is a key of ERRORS, `where` a file, folder, option or record, `what` one clause,
    `remedy` one full sentence. `str()` reads "where: what. remedy".
    """

    def __init__(self, code: str, where: str, what: str, remedy: str = "") -> None:
        self.code, self.where, self.what = code, where, what.rstrip(".")
        self.remedy = remedy or ERRORS[code][1]
        super().__init__(f"{where}: {self.what}. {self.remedy}")
