"""What people typed, read into values: one module per page, and a sentence for each mistake."""

__all__: list[str] = []
