-- The calendar of starts of each kind in an order by lot (`lots.seed`): its first so many are a draw of so many. Lots are drawn by the place of a contact's
-- first event: the number of a contact is given by arrival, and another home has others.
SELECT
  drawn.kind, drawn.start_at,
  ROW_NUMBER() OVER (PARTITION BY drawn.kind ORDER BY drawn.lot, drawn.first_event) - 1 AS place
FROM (
  SELECT
    b.first_event, COALESCE(b.kind, '') AS kind, b.start_at,
    MD5(CAST(b.first_event AS VARCHAR) || ':' || l.seed) AS lot
  FROM became AS b
  CROSS JOIN lots AS l
  WHERE b.start_at IS NOT NULL AND b.end_at IS NOT NULL
) AS drawn
