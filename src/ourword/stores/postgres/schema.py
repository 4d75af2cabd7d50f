"""The tables and functions of a home in PostgreSQL: two schemas, so that a backup of one is useless without the other.

`NAME` holds the ledger. `NAME_keys` holds the keys, and the inbox, whose rows carry the key of a customer who is new.

The log has one sequencer at a time: whoever holds the advisory lock. It numbers entries from the last one on, in the
transaction that inserts them, so they are dense, and visible in their order. Entries are never numbered by a database's
sequence: those leave gaps when a transaction fails, and a lower number may become visible after a higher one.

`take` is where a submission of a gate becomes entries: all of it or nothing. It is taken only when it continues what its gate
has counted, so a submission that was sent twice, or comes late from a connection that was given up, is taken once.
"""

from __future__ import annotations

from ourword.stores.wrapped import BOX_BYTES

EDITION = 3
"""Which edition of tables and functions this is: one more with every change to them. A database is told it with them, and brought up to it."""

FIELDS = (
    ("ids", "text[]"),
    ("whos", "bytea[]"),
    ("marks", "bytea[]"),
    ("fresh", "bytea[]"),
    ("kinds", "text[]"),
    ("ats", "bigint[]"),
    ("answers", "text[]"),
    ("boxes", "bytea[]"),
    ("contacts", "bytea[]"),
    ("objects", "text[]"),
    ("sizes", "integer[]"),
    ("entries", "bytea[]"),
)
"""A submission beside its gate and the count before it: a list a column, one place a decision (in `entries`, one an entry)."""

_COLUMNS = ", ".join(f"{name} {kind} NOT NULL" for name, kind in FIELDS)
_PARAMETERS = ", ".join(f"p_{name} {kind}" for name, kind in FIELDS)
_PASSED = ", ".join(f"p_{name}" for name, _ in FIELDS)
_NAMES = ", ".join(name for name, _ in FIELDS)
_WAITING = ", ".join(f"waiting.{name}" for name, _ in FIELDS)

COUNT, KNOWN, KEYS = -1, -2, -3
"""Why a submission was not taken: it does not continue its gate's count; an id is there already; a customer's key is another."""
WAIT = -9
"""Somebody else holds the lock."""

HEAD = "CREATE TABLE IF NOT EXISTS log_head (one integer PRIMARY KEY CHECK (one = 1), size bigint NOT NULL, note bytea NOT NULL)"
"""The largest checkpoint that was signed. A statement of its own: homes from before have none."""

LET_GO = """
CREATE TABLE IF NOT EXISTS let_go (one integer PRIMARY KEY CHECK (one = 1), asked bytea NOT NULL);
CREATE OR REPLACE FUNCTION owner_alone() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'who does not own the tables of this home lets go of nothing';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS owner_alone ON let_go;
CREATE TRIGGER owner_alone BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON let_go FOR EACH STATEMENT EXECUTE FUNCTION owner_alone();
"""
"""What was asked for last when decisions were let go of, by its digest. Gates have rights on all tables: this one they only read all the same."""

KEYS_IN_THE_CLEAR = """
CREATE TABLE IF NOT EXISTS home (one integer PRIMARY KEY CHECK (one = 1), id text NOT NULL, key bytea NOT NULL);
CREATE TABLE IF NOT EXISTS subject_key (number bigint PRIMARY KEY, key bytea NOT NULL, mark bytea NOT NULL);
CREATE TABLE IF NOT EXISTS signal_key (number bigint PRIMARY KEY, key bytea NOT NULL);
CREATE TABLE IF NOT EXISTS log_key (one integer PRIMARY KEY CHECK (one = 1), seed bytea NOT NULL);
"""
"""Where keys lie that are not wrapped; where they are there is none of these (`stores/postgres/laid.py`)."""

KEYS_WRAPPED = f"""
CREATE TABLE wrapped_by (one integer PRIMARY KEY CHECK (one = 1), header bytea NOT NULL);
CREATE TABLE wrapped_home (one integer PRIMARY KEY CHECK (one = 1), id text NOT NULL, key bytea NOT NULL CHECK (length(key) = {BOX_BYTES}));
CREATE TABLE wrapped_subject_key (number bigint PRIMARY KEY, key bytea NOT NULL CHECK (length(key) = {BOX_BYTES}), mark bytea NOT NULL);
CREATE TABLE wrapped_signal_key (number bigint PRIMARY KEY, key bytea NOT NULL CHECK (length(key) = {BOX_BYTES}));
CREATE TABLE wrapped_log_key (one integer PRIMARY KEY CHECK (one = 1), seed bytea NOT NULL CHECK (length(seed) = {BOX_BYTES}));
"""
"""Where they lie wrapped, and what says how."""

KEYS_SCHEMA = f"""
{HEAD};
{LET_GO}
CREATE TABLE IF NOT EXISTS inbox (
    arrived bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gate text NOT NULL, counter bigint NOT NULL, token bytea NOT NULL,
    {_COLUMNS}, UNIQUE (gate, counter)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""

TAKES_IN = "CREATE TABLE IF NOT EXISTS takes_in (one integer PRIMARY KEY CHECK (one = 1), folder text NOT NULL)"
"""The folder, of those that are this home, in which its events lie."""

ERASING = """
CREATE TABLE IF NOT EXISTS erasing (number bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS erasure (seq bigint PRIMARY KEY);
"""
"""Customers whose erasure was begun and is not done; and which entries say that somebody was erased."""

PRUNING = """
CREATE TABLE IF NOT EXISTS leaf (number bigint PRIMARY KEY, hashes bytea NOT NULL);
CREATE TABLE IF NOT EXISTS pruning (minimum bigint PRIMARY KEY);
"""
"""The hashes of entries that were let go of, by bundle; a row in the other table while not all of them is gone."""

LEDGER_SCHEMA = (
    f"""{TAKES_IN};{ERASING}{PRUNING}"""
    + """
CREATE TABLE IF NOT EXISTS home (one integer PRIMARY KEY CHECK (one = 1), id text NOT NULL, format integer NOT NULL);
CREATE TABLE IF NOT EXISTS entry (seq bigint PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE IF NOT EXISTS subject (number bigint PRIMARY KEY, who bytea UNIQUE);
CREATE TABLE IF NOT EXISTS decision (
    seq bigint PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, subject bigint NOT NULL, kind text COLLATE "C" NOT NULL, at bigint NOT NULL,
    answer text COLLATE "C" NOT NULL, sealed bytea, contact bytea, objects text, marked boolean NOT NULL DEFAULT true
);
CREATE INDEX IF NOT EXISTS history ON decision (subject, kind, at, answer);
CREATE INDEX IF NOT EXISTS contact ON decision (contact, seq) WHERE contact IS NOT NULL;
CREATE TABLE IF NOT EXISTS reason (seq bigint PRIMARY KEY, sealed bytea);
CREATE TABLE IF NOT EXISTS forgotten (mark bytea PRIMARY KEY);
CREATE TABLE IF NOT EXISTS contract (digest text COLLATE "C", name text COLLATE "C", bytes bytea NOT NULL, PRIMARY KEY (digest, name));
CREATE TABLE IF NOT EXISTS checkpoint (size bigint PRIMARY KEY, note bytea NOT NULL);
CREATE TABLE IF NOT EXISTS gate (id text COLLATE "C" PRIMARY KEY, counter bigint NOT NULL, base bigint NOT NULL, token bytea NOT NULL);
CREATE OR REPLACE VIEW about AS SELECT seq, contact, objects FROM decision WHERE marked;

CREATE OR REPLACE FUNCTION edition() RETURNS integer LANGUAGE sql IMMUTABLE AS $$ SELECT {edition} $$;

CREATE OR REPLACE FUNCTION instr(haystack bytea, needle bytea) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT position(needle IN haystack) > 0 $$;

CREATE OR REPLACE FUNCTION take(p_gate text, p_counter bigint, p_token bytea, {parameters}) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    base bigint;
    wrapped boolean;
BEGIN
    IF coalesce((SELECT counter FROM gate WHERE id = p_gate), 0) <> p_counter THEN
        RETURN {count};
    END IF;
    IF EXISTS (SELECT FROM decision WHERE id = ANY (p_ids)) THEN
        RETURN {known};
    END IF;
    wrapped := to_regclass('{keys}.wrapped_by') IS NOT NULL; -- as of now: locks of tables were taken since the sequencer's
    IF wrapped THEN
        -- A new customer's key is bound to a number: where keys are wrapped it is laid before it is used, and none comes along.
        IF cardinality(array_remove(p_fresh, NULL)) > 0 OR EXISTS (
            SELECT FROM unnest(p_whos, p_marks) AS named (who, mark)
            LEFT JOIN subject ON subject.who = named.who LEFT JOIN {keys}.wrapped_subject_key AS held ON held.number = subject.number
            WHERE held.mark IS DISTINCT FROM named.mark
        ) THEN
            RETURN {other_keys};
        END IF;
    ELSIF EXISTS (
        SELECT FROM unnest(p_whos, p_marks, p_fresh) AS named (who, mark, fresh)
        LEFT JOIN subject ON subject.who = named.who LEFT JOIN {keys}.subject_key AS held ON held.number = subject.number
        WHERE CASE WHEN subject.number IS NULL THEN named.fresh IS NULL ELSE held.mark IS DISTINCT FROM named.mark END
    ) THEN
        RETURN {other_keys};
    END IF;
    IF NOT wrapped AND cardinality(array_remove(p_fresh, NULL)) > 0 THEN
        WITH named AS (
            SELECT DISTINCT ON (who) who, mark, fresh FROM unnest(p_whos, p_marks, p_fresh) AS each (who, mark, fresh)
            WHERE NOT EXISTS (SELECT FROM subject WHERE subject.who = each.who)
        ), numbered AS (
            SELECT who, mark, fresh, row_number() OVER (ORDER BY who) + (SELECT coalesce(max(number), 0) FROM subject) AS number FROM named
        ), made AS (INSERT INTO subject SELECT number, who FROM numbered)
        INSERT INTO {keys}.subject_key SELECT number, fresh, mark FROM numbered;
    END IF;
    SELECT coalesce(max(seq), 0) INTO base FROM entry;
    INSERT INTO entry SELECT base + place, bytes FROM unnest(p_entries) WITH ORDINALITY AS each (bytes, place);
    INSERT INTO decision (seq, id, subject, kind, at, answer, sealed, contact, objects)
    SELECT base + 1 + sum(size) OVER (ORDER BY place) - size, id, subject.number, kind, at, answer, box, contact, object
    FROM unnest(p_ids, p_whos, p_kinds, p_ats, p_answers, p_boxes, p_contacts, p_objects, p_sizes) WITH ORDINALITY
        AS each (id, who, kind, at, answer, box, contact, object, size, place)
    JOIN subject ON subject.who = each.who;
    INSERT INTO gate VALUES (p_gate, p_counter + cardinality(p_entries), base, p_token)
    ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, base = excluded.base, token = excluded.token;
    RETURN base;
END $$;

CREATE OR REPLACE FUNCTION drain() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting record;
BEGIN
    FOR waiting IN WITH gone AS (DELETE FROM {keys}.inbox WHERE arrived > 0 RETURNING *) SELECT * FROM gone ORDER BY arrived LOOP
        BEGIN
            PERFORM take(waiting.gate, waiting.counter, waiting.token, {waiting});
        EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
            NULL; -- its gate sees that it was not taken, hands it in by itself, and is told why
        END;
    END LOOP;
END $$;

-- The sequencer holds two locks. The first says who it is. On the second wait all who are not, sharing it for a moment, so that they wake up together
-- when the sequencer is done, and not one after the other. Nobody waits for the first while holding the second, so there is no deadlock.
CREATE OR REPLACE FUNCTION lead(p_lock bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(p_lock);
    PERFORM pg_advisory_xact_lock(p_lock # 1);
END $$;

CREATE OR REPLACE FUNCTION submit(p_lock bigint, p_gate text, p_counter bigint, p_token bytea, {parameters}) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF pg_try_advisory_xact_lock(p_lock) THEN
        PERFORM pg_advisory_xact_lock(p_lock # 1);
        IF EXISTS (SELECT FROM {keys}.inbox WHERE arrived > 0) THEN -- by the index, which skips what is dead
            PERFORM drain();
        END IF;
        RETURN take(p_gate, p_counter, p_token, {passed});
    END IF;
    IF cardinality(array_remove(p_fresh, NULL)) > 0 THEN
        LOCK TABLE {keys}.inbox IN ROW EXCLUSIVE MODE; -- whoever wraps the keys holds it: none is laid there in the clear after that
        IF to_regclass('{keys}.wrapped_by') IS NOT NULL THEN
            RETURN {other_keys};
        END IF;
    END IF;
    -- Nobody is told anything before it is an entry, so this need not be synced: the sequencer's commit is, and comes after.
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO {keys}.inbox (gate, counter, token, {names}) VALUES (p_gate, p_counter, p_token, {passed});
    RETURN {wait};
END $$;

CREATE OR REPLACE FUNCTION wait(p_lock bigint, p_gate text, p_token bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    mine gate;
BEGIN
    FOR times IN 1 .. 1000000 LOOP
        IF pg_try_advisory_xact_lock(p_lock) THEN
            PERFORM pg_advisory_xact_lock(p_lock # 1);
            SELECT * INTO mine FROM gate WHERE id = p_gate;
            IF mine.token = p_token THEN
                RETURN mine.base;
            END IF;
            PERFORM drain();
            SELECT * INTO mine FROM gate WHERE id = p_gate;
            RETURN CASE WHEN mine.token = p_token THEN mine.base ELSE {count} END;
        END IF;
        PERFORM pg_advisory_lock_shared(p_lock # 1);
        PERFORM pg_advisory_unlock_shared(p_lock # 1);
        SELECT * INTO mine FROM gate WHERE id = p_gate;
        IF mine.token = p_token THEN
            RETURN mine.base;
        END IF;
        IF times % 8 = 0 THEN
            PERFORM pg_sleep(0.001); -- the sequencer has the first lock, and not yet the second
        END IF;
    END LOOP;
    RETURN {count};
END $$;

CREATE OR REPLACE FUNCTION withdraw(p_lock bigint, p_gate text) RETURNS gate LANGUAGE plpgsql AS $$
DECLARE
    mine gate;
BEGIN
    PERFORM lead(p_lock);
    DELETE FROM {keys}.inbox WHERE gate = p_gate;
    SELECT * INTO mine FROM gate WHERE id = p_gate;
    RETURN mine;
END $$;
"""
)


def ledger_schema(keys: str) -> str:
    """Give the ledger's tables and functions; *keys* is the other schema's name, quoted."""
    answers = {"count": COUNT, "known": KNOWN, "other_keys": KEYS, "wait": WAIT}
    columns = {"parameters": _PARAMETERS, "passed": _PASSED, "waiting": _WAITING, "names": _NAMES}
    return LEDGER_SCHEMA.format(edition=EDITION, keys=keys, **columns, **answers)


_PLACES = ", ".join(f"?::{kind}" for _, kind in FIELDS)
SUBMIT = f"SELECT submit(?::bigint, ?::text, ?::bigint, ?::bytea, {_PLACES})"
WAIT_FOR = "SELECT wait(?::bigint, ?::text, ?::bytea)"
WITHDRAW = "SELECT counter, base, token FROM withdraw(?::bigint, ?::text)"


def enqueue(keys: str) -> str:
    """Give the statement that lays a submission into the inbox, as `submit` does."""
    return f"INSERT INTO {keys}.inbox (gate, counter, token, {_NAMES}) VALUES (?::text, ?::bigint, ?::bytea, {_PLACES})"
