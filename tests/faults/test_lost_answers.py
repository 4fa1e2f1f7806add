"""An answer is lost after the commit: asking again gives the entry that there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from threading import Event, Thread

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from tests.clinic import Clinic
from tests.faults.lossy import LossyProxy
from tests.faults.oracle import compare
from tests.faults.program import Desk, Program, Tally
from tests.http.api_client import ApiClient
from tests.steps import Steps

LOSSES = 12


def test_an_entry_whose_answer_is_lost_stands_in_the_books_once(
    app: Flask, clinic: Clinic
) -> None:
    tally, before, lost = _work_over_lossy_line(app, clinic, one_key=True)
    found = compare(clinic.database, tally.acks, before=before)
    assert lost >= LOSSES
    assert tally.refused == []
    assert (found.lost, found.duplicated, found.unasked) == (0, 0, 0)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_program_that_takes_a_new_key_records_twice(
    app: Flask, clinic: Clinic
) -> None:
    tally, before, _ = _work_over_lossy_line(app, clinic, one_key=False)
    found = compare(clinic.database, tally.acks, before=before)
    assert found.lost == 0
    assert found.duplicated > 0
    assert found.unasked >= found.duplicated


def _work_over_lossy_line(
    app: Flask, clinic: Clinic, *, one_key: bool
) -> tuple[Tally, int, int]:
    """Let one program post until answers were lost; what it was told."""
    ward = Steps(clinic)
    (vial,) = ward.stock()
    ward.open_container(vial)
    token = ApiClient(app, clinic).token(clinic.clinician)
    tally, before, stop = Tally(), ward.size(), Event()
    chance = Random(1)  # noqa: S311 - no secret
    with _served(app) as server, LossyProxy(server, chance=chance) as proxy:
        desk = Desk(
            address=proxy.address,
            registration_id=clinic.registration_id,
            clinician_id=clinic.clinician.id,
            container_id=vial,
            token=token,
        )
        program = Program("LOSSY", desk, tally, chance, one_key=one_key)
        worker = Thread(target=program.work, args=[stop])
        worker.start()
        enough = proxy.wait_for(LOSSES, seconds=30)
        stop.set()
        worker.join()
        assert enough
        return tally, before, proxy.lost


@contextmanager
def _served(app: Flask) -> Iterator[tuple[str, int]]:
    """Serve an application on a port of this machine."""
    server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.host, server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
