"""The pages: views, templates, styles and drawings. No models; every view declares its rule."""

__all__: list[str] = []
