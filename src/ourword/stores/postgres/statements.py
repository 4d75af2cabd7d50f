"""Statements that PostgreSQL reads otherwise than SQLite; all others are the same (`stores/reader.py`)."""

from __future__ import annotations

FIND_MANY = """
SELECT decision.id, decision.seq, decision.subject, decision.sealed, entry.bytes FROM decision JOIN entry USING (seq) WHERE decision.id = ANY (?)
"""
COUNT = """
INSERT INTO gate VALUES (?, ?, 0, '') ON CONFLICT (id) DO UPDATE SET counter = excluded.counter, base = excluded.base, token = excluded.token
"""
LATEST = """
SELECT max(time) FROM (
    SELECT rtrim(convert_from(bytes, 'UTF8')::jsonb ->> 'time', 'Z') COLLATE "C" AS time FROM entry WHERE NOT instr(bytes, '"type":"decision"'::bytea)
) AS each
"""
FIRST_LATER = """SELECT min(seq) FROM entry WHERE rtrim(convert_from(bytes, 'UTF8')::jsonb ->> 'time', 'Z') COLLATE "C" > ?::text"""
LINES = """
SELECT d.seq, CASE WHEN d.marked THEN 1 END, '{"seq":' || d.seq || ',"subject":' || d.subject || ',"at":' || (d.at / 1000) || ',"contact":'
    || CASE WHEN d.contact IS NULL THEN 'null' ELSE '"' || upper(encode(d.contact, 'hex')) || '"' END
    || ',"objects":' || coalesce(d.objects, 'null') || ',"entry":' || convert_from(e.bytes, 'UTF8') || '}'
FROM decision AS d JOIN entry AS e USING (seq) WHERE d.seq > ? ORDER BY d.seq LIMIT ?
"""
DECIDED_UNDER = """
WITH span AS (SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS each (digest, begins, ends)),
told AS (
    SELECT at, (words ->> 'contract') COLLATE "C" AS contract, (words -> 'lineage' ->> 'contract') COLLATE "C" AS digest,
        (words ->> 'owner') COLLATE "C" AS owner
    FROM (SELECT at, convert_from(bytes, 'UTF8')::jsonb AS words FROM decision JOIN entry USING (seq) WHERE at >= ? AND at <= ?) AS each
    WHERE words ->> 'mode' IS NULL
)
SELECT contract, digest, max(owner), count(*), min(at), max(at) FROM told
WHERE NOT EXISTS (SELECT FROM span WHERE span.digest = told.digest AND told.at >= span.begins AND told.at < span.ends)
GROUP BY contract, digest ORDER BY contract, digest NULLS FIRST
"""
DECIDED_LATELY = """
SELECT (words ->> 'contract') COLLATE "C" AS contract, kind, answer, words ->> 'by' IS NOT NULL AS person, count(*)
FROM (SELECT kind, answer, convert_from(bytes, 'UTF8')::jsonb AS words FROM decision JOIN entry USING (seq) WHERE at >= ?) AS each
WHERE words ->> 'mode' IS NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
SAID_OF_SIGNALS = """SELECT sealed, bytes FROM reason JOIN entry USING (seq) WHERE instr(bytes, '"type":"signal"'::bytea)"""
USERS = """
SELECT encode(contact, 'hex'), min(subject) FROM decision
WHERE marked AND contact = ANY (?::bytea[]) AND subject <> ALL (?::bigint[]) GROUP BY contact
"""
USERS_OF_THINGS = """
SELECT thing ->> 'who', min(subject) FROM decision, jsonb_array_elements(objects::jsonb) AS thing
WHERE marked AND objects IS NOT NULL AND thing ->> 'who' = ANY (?::text[]) AND subject <> ALL (?::bigint[]) GROUP BY 1
"""
WITHOUT_KEY = """
SELECT DISTINCT ON (subject.number) subject.number, entry.bytes FROM subject JOIN decision ON decision.subject = subject.number JOIN entry USING (seq)
WHERE who IS NOT NULL AND NOT EXISTS (SELECT FROM {keys} AS held WHERE held.number = subject.number) ORDER BY subject.number, seq
"""
LIST_ERASURES = """INSERT INTO erasure SELECT seq FROM entry WHERE instr(bytes, '"type":"erasure"'::bytea) ON CONFLICT DO NOTHING"""
ERASURES = "SELECT seq, bytes FROM entry JOIN erasure USING (seq) ORDER BY seq"
DIGESTS = "SELECT DISTINCT convert_from(bytes, 'UTF8')::jsonb -> 'lineage' ->> 'contract' FROM decision JOIN entry USING (seq)"
FIRST_SINCE = """
SELECT seq FROM entry WHERE seq > ? AND rtrim(convert_from(bytes, 'UTF8')::jsonb ->> 'time', 'Z') COLLATE "C" >= ?::text ORDER BY seq LIMIT 1
"""
NEWEST_UNTIL = """
SELECT max(at) FROM (
    SELECT substr(convert_from(bytes, 'UTF8')::jsonb ->> 'time', 1, 19) COLLATE "C" AS at FROM entry WHERE NOT instr(bytes, ?)
) AS each WHERE at <= ?::text
"""
