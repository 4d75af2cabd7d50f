-- Contacts that share an issue, each with the start of a contact of its kind, drawn by lot (`lots.seed`, each `lots.turn` for itself) and no start
-- twice in a turn: each begins elsewhere in the calendar, by a prime stride.
SELECT drawn.turn, drawn.contact, drawn.subject, c.start_at, c.start_at + drawn.lasted AS end_at, drawn.window_length, drawn.as_of
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
JOIN calendar AS c ON c.kind = drawn.kind AND c.place = (drawn.place + 7919 * drawn.turn) % size.among
