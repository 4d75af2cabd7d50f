-- The kind and version in which each contact counts: a row for each of its kinds, and one for all of them together (`whole`). Contacts that began
-- before `since` were there to come back to; they only leave the count.
SELECT
  place.contact, place.kind, place.whole,
  COALESCE(CASE g.grouped_by WHEN 'handled_by' THEN f.handled_by WHEN 'channel' THEN f.channel ELSE place.version END, '(none)') AS version
FROM (
  SELECT contact, kind, version, 0 AS whole FROM kinds
  UNION ALL
  SELECT contact, '*' AS kind, version, 1 AS whole FROM facts
) AS place
JOIN facts AS f ON f.contact = place.contact
CROSS JOIN given AS g
WHERE g.since IS NULL OR f.start_at IS NULL OR f.start_at >= g.since
