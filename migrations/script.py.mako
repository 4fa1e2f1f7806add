"""${message}.

Before you write this migration:

* One purpose, one file, `NNNN_verb_noun.py`; put its number into `.current-head`.
* Old code may still be running: add first, fill later, drop in a later release.
* Entries and events are append-only: no migration updates or deletes one.
* Checks belong into the table's arguments, with a name; a test compares both engines
  with the models.
* Say how to go back. If there is no way back, say in words why.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
