"""What templates may ask by themselves."""

__all__: list[str] = []
