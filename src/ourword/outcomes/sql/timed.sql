-- Contacts with the start of another of their kind, drawn by lot.
SELECT drawn.contact, drawn.subject, calendar.start_at, calendar.start_at + drawn.lasted AS end_at, drawn.window_length, drawn.as_of
FROM (
  SELECT
    lot.contact, lot.subject, lot.kind, lot.lasted, lot.window_length, lot.as_of,
    ROW_NUMBER() OVER (PARTITION BY lot.kind ORDER BY lot.lot, lot.contact) AS place
  FROM (
    SELECT
      b.contact, b.subject, COALESCE(b.kind, '') AS kind, b.end_at - b.start_at AS lasted, b.window_length, b.as_of,
      MD5(CAST(b.contact AS VARCHAR) || ':' || l.seed) AS lot
    FROM became AS b
    CROSS JOIN lots AS l
    WHERE b.start_at IS NOT NULL AND b.end_at IS NOT NULL
  ) AS lot
) AS drawn
JOIN (
  SELECT COALESCE(b.kind, '') AS kind, b.start_at, ROW_NUMBER() OVER (PARTITION BY COALESCE(b.kind, '') ORDER BY b.first_event) AS place
  FROM became AS b
  WHERE b.start_at IS NOT NULL AND b.end_at IS NOT NULL
) AS calendar ON calendar.kind = drawn.kind AND calendar.place = drawn.place
