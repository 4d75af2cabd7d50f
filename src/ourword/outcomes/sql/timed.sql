-- Contacts that share an issue, each with the start of a contact of its kind, drawn by lot (`lots.seed`, each `lots.turn` for itself) and no start
-- twice in a turn: each begins elsewhere in the calendar, by a prime stride.
-- Places are worked out before the calendar is joined: of one kind it would else be joined row by row with itself.
WITH placed AS MATERIALIZED (
  SELECT
    drawn.turn, drawn.contact, drawn.subject, drawn.kind, drawn.lasted, drawn.window_length, drawn.as_of,
    (drawn.place + 7919 * drawn.turn) % size.among AS place
  FROM (
    SELECT
      lot.contact, lot.first_event, lot.subject, lot.kind, lot.lasted, lot.window_length, lot.as_of, lot.turn,
      ROW_NUMBER() OVER (PARTITION BY lot.turn, lot.kind ORDER BY lot.lot, lot.first_event) - 1 AS place
    FROM (
      SELECT
        b.contact, b.first_event, b.subject, COALESCE(b.kind, '') AS kind, b.end_at - b.start_at AS lasted, b.window_length, b.as_of, l.turn,
        MD5(CAST(b.first_event AS VARCHAR) || ':' || l.seed || ':' || CAST(l.turn AS VARCHAR)) AS lot
      FROM became AS b
      JOIN (SELECT DISTINCT contact FROM shared) AS s ON s.contact = b.contact
      CROSS JOIN lots AS l
      WHERE b.start_at IS NOT NULL AND b.end_at IS NOT NULL
    ) AS lot
  ) AS drawn
  JOIN (SELECT kind, MAX(place) + 1 AS among FROM calendar GROUP BY kind) AS size ON size.kind = drawn.kind
)
SELECT placed.turn, placed.contact, placed.subject, c.start_at, c.start_at + placed.lasted AS end_at, placed.window_length, placed.as_of
FROM placed
JOIN calendar AS c ON c.kind = placed.kind AND c.place = placed.place
