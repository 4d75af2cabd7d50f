-- In which rows of a report each contact counts: each of its kinds and `*`, its version and `*`, its segments and `*`; once in each.
SELECT place.contact, place.kind, place.version, s.segment
FROM (
  SELECT
    k.contact, k.kind,
    COALESCE(CASE g.grouped_by WHEN 'handled_by' THEN f.handled_by WHEN 'channel' THEN f.channel ELSE k.version END, '(none)') AS version
  FROM kinds AS k
  JOIN facts AS f ON f.contact = k.contact
  CROSS JOIN given AS g
  UNION ALL
  SELECT
    f.contact, '*' AS kind,
    COALESCE(CASE g.grouped_by WHEN 'handled_by' THEN f.handled_by WHEN 'channel' THEN f.channel ELSE f.version END, '(none)') AS version
  FROM facts AS f
  CROSS JOIN given AS g
  UNION ALL
  SELECT contact, kind, '*' AS version FROM kinds
  UNION ALL
  SELECT contact, '*' AS kind, '*' AS version FROM facts
) AS place
JOIN (
  SELECT contact, segment FROM segments
  UNION ALL
  SELECT contact, '*' AS segment FROM facts
) AS s ON s.contact = place.contact
