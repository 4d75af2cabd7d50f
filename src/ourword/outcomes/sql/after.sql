-- What the customer said of each contact, and was told in it; what nobody said is null, and what is never said here at all too.
SELECT
  f.contact, r.satisfied, r.eased, d.disclosed, k.satisfaction_heard, k.effort_heard,
  CASE WHEN k.complaints_heard = 0 THEN NULL WHEN q.contact IS NULL THEN 0 ELSE 1 END AS complained
FROM facts AS f
CROSS JOIN (
  SELECT
    (SELECT COUNT(e.event) FROM events AS e WHERE e.type LIKE 'complaint%' OR (e.type = 'contact.opened' AND e.kind = 'complaint')) AS complaints_heard,
    (SELECT COUNT(q.event) FROM remarks AS q WHERE q.question = 'satisfaction') AS satisfaction_heard,
    (SELECT COUNT(q.event) FROM remarks AS q WHERE q.question = 'effort') AS effort_heard
) AS k
LEFT JOIN complained AS q ON q.contact = f.contact
LEFT JOIN rated AS r ON r.contact = f.contact
LEFT JOIN disclosed AS d ON d.contact = f.contact
