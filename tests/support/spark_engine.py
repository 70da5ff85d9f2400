"""The signals' SQL on Spark: translated from DuckDB's dialect by SQLGlot, nothing rewritten.

What the two dialects mean differently is settled here, in `translated`, and nowhere in a signal.
"""

from typing import Any

import pyarrow as pa
from sqlglot import ErrorLevel, exp, parse_one

__all__ = ["SparkEngine", "translated"]

# A test's tables are small: preparing a query costs more than running it.
QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    # Interpret expressions: compiling Java for every query doubles the time.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


class SparkEngine:
    """Spark as the engine of sightline.signals: relations are temporary views of its own session.

    `session` is a pyspark.sql.SparkSession (Any, so that nobody imports Spark who does not run
    it); it is left as it was.
    """

    def __init__(self, session: Any) -> None:
        self._session = session.newSession()
        for name, value in QUICK.items():
            self._session.conf.set(name, value)

    def create(self, name: str, query: str) -> None:
        """Keep the rows of a query as a relation of that name, in place of any earlier one.

        The rows are taken out and put back, so that a relation may be made from its own former
        self and no plan grows longer than one query.
        """
        self.register(name, self._rows_of(query))

    def view(self, name: str, query: str) -> None:
        """Give a query a name."""
        self.create(name, query)

    def register(self, name: str, data: pa.Table) -> None:
        """Make an Arrow table a relation of that name."""
        self._session.createDataFrame(data).createOrReplaceTempView(name)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        found: list[dict[str, Any]] = self._rows_of(query).to_pylist()
        return found

    def _rows_of(self, query: str) -> pa.Table:
        return self._session.sql(translated(query)).toArrow()


def translated(query: str) -> str:
    """DuckDB's SQL as Spark's; raises sqlglot.errors.UnsupportedError where Spark has no word."""
    same = parse_one(query, read="duckdb").transform(_same_meaning)
    return same.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)


def _same_meaning(node: exp.Expression) -> exp.Expression:
    """What SQLGlot leaves to the engines, though they differ."""
    if isinstance(node, exp.Literal) and node.is_number and not node.this.isdigit():
        # Spark would divide decimals and keep a few places only; DuckDB divides as DOUBLE.
        return exp.cast(exp.Literal.string(node.this), "double")
    if isinstance(node, exp.DayOfWeekIso):
        # SQLGlot's own formula makes Monday the third day; Spark's WEEKDAY counts it as 0.
        counted = exp.func("WEEKDAY", node.this)
        return exp.paren(exp.Add(this=counted, expression=exp.Literal.number(1)))
    return node
