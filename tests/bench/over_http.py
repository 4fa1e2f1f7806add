"""B2: sixteen clients post over HTTP, against the statements of such requests.

Each client has a book of its own: within a book the order is fixed by the tape, so
two connections could not play it at once. The tape is recorded, untimed, from the same
application in this process over a copy of the books.
"""

from pathlib import Path
from typing import Final

from config.settings import Settings
from inventory.db import Database
from inventory.programs.commands import IssueToken, issue_token
from tests.bench.clients import Clients, connection_at
from tests.bench.databases import POSTGRESQL, Databases, connect
from tests.bench.entries import Entry, entries_of, require_created, send_at
from tests.bench.evidence import read_kept, read_roots
from tests.bench.measure import require_same
from tests.bench.served import Served
from tests.bench.sites import open_sites
from tests.bench.tape import Recorder, Transaction, play
from tests.bench.ward import POSTS_PER_VISIT, Visit, stock_ward
from tests.clinic import Clinic
from wsgi import create_app

CLIENTS: Final = 16
VIALS_PER_BOOK: Final = 1


class HttpDuel:
    """The service under load; then as many bare connections that say the same."""

    def __init__(self, databases: Databases, clients: Clients, *, posts: int) -> None:
        self._patients = posts // POSTS_PER_VISIT // CLIENTS
        self._clients = clients
        url = databases.migrated(POSTGRESQL)
        self._database = Database(url)
        sites = open_sites(self._database, books=CLIENTS)
        self._wards = [stock_ward(site, vials=VIALS_PER_BOOK) for site in sites]
        self._token = token_for(sites[0])
        self._database.dispose()  # only what nobody has open can be copied
        self._copy_url = databases.copy(url)
        model_url = databases.copy(url)
        app = create_app(_settings(model_url, databases.folder))
        self._program = app.test_client()
        self._model: Database = app.extensions["countersign"].database
        self._model_wards = [ward.at(self._model) for ward in self._wards]
        self._recorder = Recorder(self._model)
        self._ours, self._bare = connect(url), connect(self._copy_url)
        self._model_witness = connect(model_url)
        self._expected = read_kept(self._ours)
        self._shares: list[list[Entry]] = []
        self._served = Served(url, data=databases.folder)

    def prepare(self) -> None:
        """Open the sessions of the round everywhere, and record the tapes."""
        self._shares = [
            entries_of(ward.admit(self._patients), self._token) for ward in self._wards
        ]
        visits = [ward.admit(self._patients) for ward in self._model_wards]
        play(self._bare, self._recorder.take())
        tapes = list(enumerate(self._record(each) for each in visits))
        self._clients.run(keep_tape_at, self._copy_url, tapes)
        self._expected = self._expected.after_admitting(self._patients * CLIENTS)

    def ours(self) -> None:
        """Draw and give over HTTP."""
        self._clients.run(send_at, self._served.address, self._shares)

    def baseline(self) -> None:
        """Send what the application sends for such requests."""
        self._clients.run(play_kept_tape_at, self._copy_url, range(CLIENTS))

    def check(self) -> None:
        """Compare the service with arithmetic, and the copy with its model."""
        self._expected = self._expected.after_treating(self._patients * CLIENTS)
        require_same("kept by the service", read_kept(self._ours), self._expected)
        require_same("kept by the driver", read_kept(self._bare), self._expected)
        model, copy = read_roots(self._model_witness), read_roots(self._bare)
        require_same("roots of the driver's books", copy, model)

    def close(self) -> None:
        """End the service and let go of all databases."""
        self._served.stop()
        for connection in (self._ours, self._bare, self._model_witness):
            connection.close()
        self._database.dispose()
        self._model.dispose()

    def _record(self, visits: list[Visit]) -> list[Transaction]:
        for entry in entries_of(visits, self._token):
            answer = self._program.post(
                entry.path, data=entry.body, headers=entry.headers
            )
            require_created(answer.status_code, answer.data)
        return self._recorder.take()


_tapes: dict[int, list[Transaction]] = {}


def keep_tape_at(_url: str, share: tuple[int, list[Transaction]]) -> None:
    """Bring a client's tape into its process, before anything is timed."""
    client, tape = share
    _tapes[client] = tape


def play_kept_tape_at(url: str, client: int) -> None:
    """Play the tape that a client was brought."""
    play(connection_at(url, client), _tapes.pop(client))


def token_for(site: Clinic) -> str:
    """Issue a token for the clinician of a site."""
    command = IssueToken(person_id=site.clinician.id, label="benchmark", valid_days=1)
    with site.database.transaction() as db:
        issued = issue_token(db, command, actor=site.clinician, clock=site.clock)
    return issued.secret


def _settings(database_url: str, data: Path) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=data,
        demo=True,  # the private server's superuser may not serve real books
        host="127.0.0.1",
        log_key=None,
        log_level="error",
        mail_relay=None,
        port=8000,
        proxies=0,
        secret_key="k" * 32,
        witnesses=(),
    )
