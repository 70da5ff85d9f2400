"""A refused action's sentences, as the error summary and the fields show them."""

from django.core.exceptions import ValidationError

__all__ = ["mistakes"]


def mistakes(error: ValidationError) -> list[tuple[str, str]]:
    """(id of the field, sentence) for each mistake."""
    if not hasattr(error, "error_dict"):
        return [("", sentence) for sentence in error.messages]
    return [(f"id_{name}", one) for name, found in error.message_dict.items() for one in found]
