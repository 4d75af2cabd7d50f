-- The segments a contact's customer was in when it began.
SELECT f.contact, held.name || '=' || held.value AS segment
FROM facts AS f
JOIN (
  SELECT a.subject, a.name, a.value, a.since, LEAD(a.since) OVER (PARTITION BY a.subject, a.name ORDER BY a.since, a.value) AS until
  FROM attributes AS a
  CROSS JOIN given AS g
  WHERE a.since <= g.as_of
) AS held ON held.subject = f.subject
WHERE (f.start_at >= held.since AND (held.until IS NULL OR f.start_at < held.until)) OR (f.start_at IS NULL AND held.until IS NULL)
