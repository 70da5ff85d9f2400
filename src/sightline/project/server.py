"""The web server: a few processes, and one beside them for mail and reminders."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

__all__ = ["Server"]


class Server(BaseApplication):
    """Serves one site until it is told to stop. `started` is called once pages can be opened."""

    def __init__(
        self, folder: Path, *, host: str, port: int, processes: int, started: Callable[[], None]
    ) -> None:
        self.folder, self.started = folder, started
        self.beside: subprocess.Popen[bytes] | None = None
        self.options = {
            "bind": f"{host}:{port}",
            "workers": processes,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": 60,
            "graceful_timeout": 10,
            "preload_app": True,
            "control_socket_disable": True,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "when_ready": self._ready,
            "on_exit": self._stop,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        from django.urls import get_resolver

        from sightline.project.wsgi import application

        _ = get_resolver().url_patterns  # every view, read once and not by each process
        return application

    def _ready(self, server: Any) -> None:
        # What is read by now stays. Looking through all of it for garbage would hold up a page now
        # and then, and give each process a copy of its own.
        gc.collect()
        gc.freeze()
        command = [sys.executable, "-m", "sightline.cli", "work", "--site", str(self.folder)]
        self.beside = subprocess.Popen(command, env=os.environ.copy())
        self.started()

    def _stop(self, server: Any) -> None:
        if self.beside:
            self.beside.terminate()
            self.beside.wait(timeout=15)
