"""What every test has: no network, the same random examples each time, and Spark where Java is."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.support.school_site import site_folder

ROOT = Path(__file__).resolve().parents[1]
QUICK_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # short queries: compiling costs more
NO_JAVA = "Java 17 or later is missing (on Debian: apt-get install default-jre-headless)"

site_folder()  # before Django's settings are first read

# A failure must come back on the next run and on everybody's machine, so the examples are fixed.
# HYPOTHESIS_PROFILE=explore draws new ones, and more of them.
_slow = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "fixed", derandomize=True, database=None, deadline=None, suppress_health_check=_slow
)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=_slow, print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let each process of a spread run make a site of its own: it must not inherit ours."""
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        for name in ("DJANGO_SETTINGS_MODULE", "SIGHTLINE_SITE"):
            os.environ.pop(name, None)


def _java_runs() -> bool:
    java = shutil.which("java")
    if java is None:
        return False
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = told.partition('version "')[2].partition(".")[0].partition('"')[0]
    return version.isdigit() and int(version) >= 17


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests marked so talk to their own machine; set Spark's aside where there is no Java.

    In a spread run a file's tests stay together, as what they share takes long to make.
    """
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(ROOT).as_posix()))
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))
    spark_tests = [item for item in items if item.get_closest_marker("spark")]
    java = _java_runs() if spark_tests else True
    for item in spark_tests:
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))
        if not java:
            item.add_marker(pytest.mark.skip(reason=NO_JAVA))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say once, plainly, that the second engine was not tried."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_JAVA in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"Not run: {count} Spark tests. {NO_JAVA}.", yellow=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session in local mode: one process, two threads, nothing on disk after the run."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .appName("sightline-tests")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.extraJavaOptions", f"-Dderby.system.home={folder} {QUICK_JVM}")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT
