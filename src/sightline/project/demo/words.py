"""What the made-up staff write: actions, notes and supports, by what they are about."""

__all__ = [
    "ACTIONS",
    "AIMS",
    "IN_HAND",
    "NOTES",
    "NOT_NOW",
    "REVIEWED",
    "STORY_VOICE",
    "STRATEGIES",
    "VOICES",
]

ACTIONS = {
    "attendance": (
        "Ring home about Monday mornings and ask what would help",
        "Meet at the gate for two weeks, then look again",
        "Ask the bus company about the new timetable",
    ),
    "punctuality": (
        "Walk the first route of the day together and find what slows it",
        "Offer a place at breakfast club",
    ),
    "behaviour": (
        "Sit in on one of these lessons and see what starts it",
        "Agree a signal for a two-minute break",
        "Move seat in mathematics and try it for two weeks",
    ),
    "progress": (
        "Look at the last two test papers together",
        "Ask subject teachers what is missing and share one list",
    ),
    "work": (
        "Check that the homework can be read and sent from home",
        "Offer homework club on Tuesdays and Thursdays",
    ),
    "engagement": (
        "Ask where the lesson becomes too much, and agree a way out of it",
        "Check the timetable for rooms that are hard to get to",
    ),
    "support": ("Ask what would make the support more useful",),
}
IN_HAND = (
    "The plan from before half-term goes on; home is part of it.",
    "Seen by the SENCO last week. The plan stays until its review.",
    "Meeting with home is arranged; nothing more until then.",
)
NOT_NOW = {
    "explained": (
        "A family wedding abroad, agreed beforehand.",
        "Hospital appointments, all known to the office.",
        "A week of flu; back and well.",
    ),
    "wrong_data": ("The register was put right by the office after the list was made.",),
    "already_better": ("",),
    "not_for_us": ("The subject leader is dealing with this in lessons.",),
}
AIMS = {
    "attendance": ("attendance_momentum", "Morning check-in with the tutor", "Back to the usual"),
    "punctuality": ("persistent_lateness", "Breakfast club", "On time most mornings"),
    "behaviour": ("behaviour_recency", "Two-minute break card", "Calmer weeks, fewer than three"),
    "progress": ("progress_variance", "Small-group catch-up", "Closer to what was expected"),
    "work": ("missing_work", "Homework club", "Nearly all homework handed in"),
    "engagement": ("disengagement", "Quiet space at lunch", "Stays in lessons"),
}
NOTES = (
    "Talked at break; would like to sit nearer the front.",
    "Rang home. The new bus arrives after registration twice a week; we wrote to the company.",
    "Enjoys the art room and helps set it up on Thursdays.",
    "Asked for homework to be written on the board before the bell.",
)
VOICES = (
    "I work better when I know what is coming next.",
    "Ask me quietly first. I will tell you.",
    "I like it when someone notices the good days too.",
    "Mornings are hard. By second lesson I am fine.",
)
REVIEWED = {
    "keep": ("", "Going well; worth another fortnight."),
    "change": ("Move it to the morning, before the first lesson.", "Once a week is enough now."),
    "end": ("", "No longer needed.", "It did not help; something else will."),
}
STRATEGIES = (
    "Say the first step out loud, then write it on the board.",
    "A seat near the door; a nod means two minutes outside.",
    "Face the class when you speak; repeat what others answer.",
    "Ask for the planner at the end, quietly, at the desk.",
)
STORY_VOICE = (
    "I learn best when I can see your face when you talk. Please do not just say it louder."
)
