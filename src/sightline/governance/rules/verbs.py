"""What the record calls each action, in plain words. Pure."""

__all__ = ["ACTIONS"]

ACTIONS = {
    "read": "looked",
    # the meeting
    "open_meeting": "opened the week's list",
    "show_more": "showed more pupils than the list's ten",
    "decide": "decided",
    "undo_decision": "took a decision back",
    "come_back": "put a pupil off to later in the meeting",
    "save_draft": "kept a draft",
    "finish_meeting": "finished the meeting",
    # supports and notes
    "start_support": "started a support",
    "review_support": "reviewed a support",
    "write_note": "wrote a note",
    "withdraw_note": "withdrew a note",
    "retire_strategy": "took away a line for teachers",
    "strategy_feedback": "said whether a line for teachers helped",
    "safeguarding_path": "used the safeguarding path",
    "safeguarding_answered": "answered a safeguarding alert",
    "write_casework": "wrote the casework file",
    # the record
    "export": "took out a file",
    "object": "recorded an objection",
    "end_objection": "ended an objection",
    "receive_complaint": "noted a complaint or report",
    "acknowledge_complaint": "acknowledged a complaint or report",
    "close_complaint": "answered a complaint or report",
    "propose_threshold": "proposed a threshold",
    "confirm_threshold": "confirmed a threshold",
    "decline_threshold": "declined a threshold",
    "subject_access": "made a copy of their data for a pupil",
    "erase": "erased a pupil's data",
    "purge": "removed what is past its time",
    "restore": "restored the site from a backup",
    # connections
    "source_asked": "asked a connected system for data",
    "source_on": "switched a connection on",
    "source_off": "switched a connection off",
    # people
    "account_invite": "invited a colleague",
    "account_accept": "took up an invitation",
    "account_link": "made a new one-time link",
    "account_move": "followed a change in the staff table",
    "account_close": "closed an account",
    "first_administrator": "became the first administrator",
    "grant_give": "gave a role",
    "grant_end": "ended a role",
    "grant_propose": "proposed an administrator",
    "grant_decline": "declined an administrator",
    "leavers_held_back": "held back the closing of many accounts",
    "preferences": "changed their own settings",
    "second_factor_reset": "reset a second factor",
    "sessions_end": "ended sessions",
    "view_as_start": "began to see pages as a colleague would",
    "view_as_stop": "stopped seeing pages as a colleague would",
    "emergency_open": "opened a page in an emergency",
    "emergency_end": "ended emergency access",
    "emergency_review": "reviewed emergency access",
}
"""Action -> past tense. One that is not here is shown by its own name."""
