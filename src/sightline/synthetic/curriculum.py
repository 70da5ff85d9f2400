"""What is taught: lessons a fortnight (secondary) or a week (primary), rooms, national subject."""

from dataclasses import dataclass

__all__ = [
    "GRADE_SUBJECT",
    "KEY_STAGE_3",
    "KEY_STAGE_4",
    "OPTIONS",
    "PRIMARY",
    "ROOM_LETTER",
    "Subject",
]


@dataclass(frozen=True)
class Subject:
    """`how`: `set` (by prior attainment over half a year group), `block` (by form, the half year
    group at once), `option` (chosen), `form` (by form, forms take turns)."""

    name: str
    lessons: int
    how: str


KEY_STAGE_3 = (
    Subject("Mathematics", 8, "set"),
    Subject("English", 8, "block"),
    Subject("Physical education", 4, "block"),
    Subject("Science", 7, "form"),
    Subject("French", 5, "form"),
    Subject("History", 4, "form"),
    Subject("Geography", 4, "form"),
    Subject("Religious studies", 2, "form"),
    Subject("Art", 2, "form"),
    Subject("Music", 2, "form"),
    Subject("Design and technology", 2, "form"),
    Subject("Computing", 2, "form"),
)
KEY_STAGE_4 = (
    Subject("Mathematics", 9, "set"),
    Subject("English", 9, "block"),
    Subject("Physical education", 4, "block"),
    Subject("Option A", 5, "option"),
    Subject("Option B", 5, "option"),
    Subject("Option C", 5, "option"),
    Subject("Science", 11, "form"),
    Subject("Religious studies", 2, "form"),
)
PRIMARY = (
    Subject("English", 6, "form"),
    Subject("Mathematics", 5, "form"),
    Subject("Reading", 5, "form"),
    Subject("Science", 2, "form"),
    Subject("Topic", 3, "form"),
    Subject("Physical education", 2, "form"),
    Subject("Art and music", 2, "form"),
)
# The block's forms take these in turn; each block starts elsewhere, so nobody repeats a subject.
OPTIONS = {
    "Option A": ("History", "Geography", "Computing", "Drama"),
    "Option B": ("French", "Spanish", "Art", "Music"),
    "Option C": ("Business", "Design and technology", "Food", "Media"),
}
ROOM_LETTER = {
    "Mathematics": "M",
    "English": "E",
    "Physical education": "G",
    "Science": "L",
    "French": "F",
    "Spanish": "F",
    "History": "H",
    "Geography": "H",
    "Religious studies": "R",
    "Art": "A",
    "Music": "U",
    "Drama": "U",
    "Design and technology": "D",
    "Food": "D",
    "Computing": "C",
    "Business": "C",
    "Media": "C",
}
# The nearest subject with national grades by prior attainment.
GRADE_SUBJECT = {
    "Mathematics": "Mathematics",
    "English": "English Language",
    "Science": "Mathematics",
    "French": "French",
    "Spanish": "Spanish",
    "History": "History",
    "Geography": "Geography",
    "Religious studies": "Religious Studies",
    "Art": "Art and Design",
    "Music": "Music",
    "Drama": "Drama",
    "Design and technology": "Design & Technology",
    "Computing": "Computer Science",
    "Business": "Geography",
    "Food": "Design & Technology",
    "Media": "Drama",
    "Physical education": "Physical Education",
}
