"""Made-up schools as canonical CSV, drawn from England's national figures."""

from sightline.synthetic.cast import CAST, DEMO_AS_OF
from sightline.synthetic.comparison import Comparison, compare, comparison_table
from sightline.synthetic.write import write_demo, write_schools

__all__ = [
    "CAST",
    "DEMO_AS_OF",
    "Comparison",
    "compare",
    "comparison_table",
    "write_demo",
    "write_schools",
]
