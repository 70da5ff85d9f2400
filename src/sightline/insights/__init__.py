"""Insights: what a school's own history says about its signals, its groups and its support.

In: results of signals and tables of the warehouse. Out: frozen dataclasses for the pages, the
sheets and the command line. `chance` says what small numbers can and cannot show; `disclosure` is
the one gate through which every count of pupils leaves the product. No insight gives a child a
score. Called by triage, pipeline and the faces.
"""

__all__: list[str] = []
