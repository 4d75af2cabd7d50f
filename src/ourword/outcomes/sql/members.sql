-- In which rows of a report each contact counts: each of its kinds and `*`, its version and `*`, its segments and `*`; once in each.
SELECT place.contact, place.kind, place.version, s.segment
FROM (
  SELECT contact, kind, version FROM places
  UNION ALL
  SELECT contact, kind, '*' AS version FROM places
) AS place
JOIN (
  SELECT contact, segment FROM segments
  UNION ALL
  SELECT contact, '*' AS segment FROM facts
) AS s ON s.contact = place.contact
