"""How gunicorn serves the service: `gunicorn -c python:config.gunicorn wsgi:app`.

Two processes of eight threads: a request waits for the database far more than it
computes, and one process can be replaced while the other serves.
"""

from typing import Any

from config.settings import load_settings

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = 2
threads = 8
timeout = 60
graceful_timeout = 30
preload_app = True
control_socket_disable = True
forwarded_allow_ips = ""  # proxies are trusted by COUNTERSIGN_PROXIES alone
loglevel = _settings.log_level
errorlog = "-"
logger_class = "config.server_log.ServerLog"


def post_fork(server: Any, worker: Any) -> None:
    """Give the new process database connections of its own."""
    del server
    worker.app.wsgi().extensions["countersign"].database.engine.dispose(close=False)
