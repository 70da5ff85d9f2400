"""The errors a user may see: where, what, and what to do. Anything else is a fault of ours."""

__all__ = ["ERRORS", "SightlineError"]

# code -> (cause, what to do): the reference page of errors is made from this table.
ERRORS: dict[str, tuple[str, str]] = {
    "bad_argument": ("A command was given a value it cannot use.", "Correct the value named."),
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
    "no_data": ("Nothing has been loaded yet.", "Run `sightline load` first."),
    "no_files": ("The folder has no file that the profile knows.", "Check the folder and profile."),
    "no_room": (
        "The machine ran out of memory or disk space.",
        "Free some space, or set memory_limit in settings.toml; then run the command again.",
    ),
    "no_site": ("The folder is not a Sightline site.", "Make one with `sightline init FOLDER`."),
    "not_found": ("What was asked for does not exist.", "Choose one of those listed."),
    "site_exists": ("The folder already holds a site.", "Choose another folder."),
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
