"""Forty ways to alter or erase what was recorded, each a script of statements.

An attacker goes on after a refusal: every statement runs by itself. All forty succeed
for a superuser once the triggers are off; a test sees to that, so that none of them is
harmless by a slip of the pen.
"""

from typing import Final

OFF: Final = "ALTER TABLE entries DISABLE TRIGGER USER"
EVENTS_OFF: Final = "ALTER TABLE events DISABLE TRIGGER USER"
ERASE: Final = "DELETE FROM entries"
ALTER: Final = "UPDATE events SET tag = 'nothing:happened'"
OWNER: Final = "countersign_owner"

ATTEMPTS: Final[dict[str, tuple[str, ...]]] = {
    # Statements that say what they want.
    "alter the tag of the events": (ALTER,),
    "alter the bytes of an event": (
        "UPDATE events SET body = 'forged'::bytea WHERE position = 1",
    ),
    "name another actor": ("UPDATE events SET actor_id = 'per_nobody'",),
    "alter hash and root": (
        "UPDATE events SET leaf_hash = sha256(body), root = sha256(body)",
    ),
    "move entries to another holder": ("UPDATE entries SET holder_id = 'elsewhere'",),
    "back-date the entries": (
        "UPDATE entries SET recorded_at = recorded_at - interval '1 day'",
    ),
    "alter under a cursor": (
        (
            "DO $$ DECLARE it CURSOR FOR SELECT * FROM events FOR UPDATE; one record; "
            "BEGIN OPEN it; FETCH it INTO one; "
            "UPDATE events SET subject = 'x' WHERE CURRENT OF it; END $$"
        ),
    ),
    "alter in a common table expression": (
        "WITH it AS (UPDATE events SET subject = 'x' RETURNING 1) SELECT * FROM it",
    ),
    "alter where a row is inserted again": (
        (
            "INSERT INTO events SELECT * FROM events "
            "ON CONFLICT (book_id, position) DO UPDATE SET subject = 'x'"
        ),
    ),
    "alter by a merge": (
        (
            "MERGE INTO events USING (SELECT 1) AS it ON true "
            "WHEN MATCHED THEN UPDATE SET subject = 'x'"
        ),
    ),
    "erase by a merge": (
        "MERGE INTO entries USING (SELECT 1) AS it ON true WHEN MATCHED THEN DELETE",
    ),
    "forge a checkpoint": ("UPDATE checkpoints SET note = 'forged'",),
    "forge a cosignature": ("UPDATE cosignatures SET line = 'forged'",),
    "put another free text": ("UPDATE event_texts SET text = 'other'",),
    "move a free text": ("UPDATE event_texts SET name = 'other'",),
    "erase the entries": (ERASE,),
    "erase the last entries": (
        "DELETE FROM entries WHERE position = (SELECT max(position) FROM entries)",
    ),
    "erase everything in order": (
        "DELETE FROM cosignatures",
        "DELETE FROM checkpoints",
        "DELETE FROM event_texts",
        ERASE,
        "DELETE FROM events",
    ),
    "erase in a block": (f"DO $$ BEGIN EXECUTE '{ERASE}'; END $$",),
    "empty the entries": ("TRUNCATE entries",),
    "empty the events and what hangs on them": ("TRUNCATE events CASCADE",),
    "empty the registrations and what hangs on them": (
        "TRUNCATE registrations CASCADE",
    ),
    "empty the containers and what hangs on them": ("TRUNCATE containers CASCADE",),
    # Detours: switch the guard off, become somebody else, go through something else.
    "switch the triggers off": (OFF, ERASE),
    "switch replication on": ("SET session_replication_role = replica", ERASE),
    "switch a trigger off in the catalogue": (
        "SET allow_system_table_mods = on",
        "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgrelid = 'entries'::regclass",
        ERASE,
    ),
    "drop the trigger": ("DROP TRIGGER entries_refuse_change ON entries", ERASE),
    "replace the trigger's function": (
        (
            "CREATE OR REPLACE FUNCTION entries_refuse_change() RETURNS trigger "
            "LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        ),
        ERASE,
    ),
    "become the owner": (f"SET ROLE {OWNER}", OFF, ERASE),
    "join the owner": (
        f"GRANT {OWNER} TO CURRENT_USER",
        f"SET ROLE {OWNER}",
        OFF,
        ERASE,
    ),
    "take the table over": (
        "ALTER TABLE events OWNER TO CURRENT_USER",
        EVENTS_OFF,
        ALTER,
    ),
    "grant oneself the right": ("GRANT ALL ON entries TO CURRENT_USER", ERASE),
    "become a superuser": ("ALTER ROLE CURRENT_USER SUPERUSER", OFF, ERASE),
    "drop the table": ("DROP TABLE entries",),
    "drop all that the owner has": (f"DROP OWNED BY {OWNER} CASCADE",),
    "change the type of a column": (
        "ALTER TABLE entries ALTER COLUMN holder_id TYPE text USING 'elsewhere'",
    ),
    "let a rule do it": (
        "CREATE TABLE mine AS SELECT 1 AS it",
        f"CREATE RULE gone AS ON UPDATE TO mine DO ALSO {ERASE}",
        "UPDATE mine SET it = 2",
    ),
    "let a function of another's rights do it": (
        (
            "CREATE FUNCTION gone() RETURNS void LANGUAGE sql SECURITY DEFINER "
            f"AS '{ERASE}'"
        ),
        "SELECT gone()",
    ),
    "let a view do it": (
        "CREATE VIEW seen AS SELECT * FROM events",
        "UPDATE seen SET subject = 'x'",
    ),
    "let a cascade do it": (
        "ALTER TABLE entries DROP CONSTRAINT fk_entries_container_id",
        (
            "ALTER TABLE entries ADD FOREIGN KEY (container_id) REFERENCES containers "
            "ON DELETE CASCADE"
        ),
        "DELETE FROM containers",
    ),
}
