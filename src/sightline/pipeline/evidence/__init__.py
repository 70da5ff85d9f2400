"""The instruments, asked of a site: backtest, fairness, what support changed, progress.

In: a site, a question in plain values, and what people decided, as the caller has it. Out: one JSON
value, the same for a page, a command and a printed sheet, kept until the data change. The figures
themselves are worked out in `insights`; counts of groups leave by one door, `release_groups`.
"""

from sightline.pipeline.evidence.answers import Answer, kept_answer
from sightline.pipeline.evidence.released import release_groups

__all__ = ["Answer", "kept_answer", "release_groups"]
