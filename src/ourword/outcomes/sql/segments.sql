-- The segments a contact's customer was in when it began.
SELECT f.contact, held.name || '=' || held.value AS segment
FROM facts AS f
JOIN (
  SELECT subject, name, value, since, LEAD(since) OVER (PARTITION BY subject, name ORDER BY since, value) AS until
  FROM attributes
) AS held ON held.subject = f.subject
WHERE (f.start_at >= held.since AND (held.until IS NULL OR f.start_at < held.until)) OR (f.start_at IS NULL AND held.until IS NULL)
