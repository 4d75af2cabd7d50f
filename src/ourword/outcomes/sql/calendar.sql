-- The calendar of starts of each kind in an order by lot (`lots.seed`): its first so many are a draw of so many.
SELECT
  drawn.kind, drawn.start_at,
  ROW_NUMBER() OVER (PARTITION BY drawn.kind ORDER BY drawn.lot, drawn.contact) - 1 AS place
FROM (
  SELECT
    b.contact, COALESCE(b.kind, '') AS kind, b.start_at,
    MD5(CAST(b.contact AS VARCHAR) || ':' || l.seed) AS lot
  FROM became AS b
  CROSS JOIN lots AS l
  WHERE b.start_at IS NOT NULL AND b.end_at IS NOT NULL
) AS drawn
