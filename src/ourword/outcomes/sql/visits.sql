-- Visits of each customer: their own doings (and their leaving), a day or less apart from one to the next.
SELECT
  v.subject, v.visit, MIN(v.at) AS start_at, MAX(v.at) AS end_at, MIN(v.event) AS first_event,
  CASE WHEN MAX(CASE WHEN v.type = 'customer.left' THEN v.at END) = MAX(v.at) THEN 1 ELSE 0 END AS gone
FROM (
  SELECT
    d.subject, d.event, d.at, d.type,
    SUM(d.begins) OVER (PARTITION BY d.subject ORDER BY d.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit
  FROM (
    SELECT
      e.subject, e.event, e.at, e.type,
      CASE WHEN LAG(e.at) OVER (PARTITION BY e.subject ORDER BY e.event) >= e.at - r.visit_length THEN 0 ELSE 1 END AS begins
    FROM events AS e
    CROSS JOIN silence_rule AS r
    LEFT JOIN doings AS k ON k.type = e.type
    WHERE e.subject IS NOT NULL AND e.at IS NOT NULL AND e.at <= r.as_of
      AND (k.type IS NOT NULL OR e.actor = 'customer' OR e.type = 'customer.left')
  ) AS d
) AS v
GROUP BY v.subject, v.visit
