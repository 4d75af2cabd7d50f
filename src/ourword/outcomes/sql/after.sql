-- What the customer said of each contact, and was told in it; what nobody said is null, and what is never said here at all too.
SELECT
  f.contact, r.satisfied, r.eased, d.disclosed, h.satisfaction_heard, h.effort_heard,
  CASE WHEN k.complaints_heard = 0 THEN NULL WHEN q.contact IS NULL THEN 0 ELSE 1 END AS complained
FROM facts AS f
CROSS JOIN (
  SELECT COUNT(CASE WHEN e.type LIKE 'complaint%' OR (e.type = 'contact.opened' AND e.kind = 'complaint') THEN 1 END) AS complaints_heard
  FROM events AS e
  CROSS JOIN given AS g
  WHERE e.at IS NULL OR e.at <= g.as_of
) AS k
CROSS JOIN (
  SELECT
    COUNT(CASE WHEN r.question = 'satisfaction' THEN 1 END) AS satisfaction_heard,
    COUNT(CASE WHEN r.question = 'effort' THEN 1 END) AS effort_heard
  FROM remarks AS r
  JOIN events AS e ON e.event = r.event
  CROSS JOIN given AS g
  WHERE e.at IS NULL OR e.at <= g.as_of
) AS h
LEFT JOIN complained AS q ON q.contact = f.contact
LEFT JOIN rated AS r ON r.contact = f.contact
LEFT JOIN disclosed AS d ON d.contact = f.contact
