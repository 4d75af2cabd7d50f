-- Each promise as it stood at the moment asked about: open until it is due, also when it is kept already, so that kept ones are not counted before those
-- of the same day that will be broken; what was settled only later was broken then. One that names no contact
-- belongs to the contact in which its decision came first.
SELECT
  p.decision, p.subject, COALESCE(p.contact, d.contact) AS contact, p.promise, COALESCE(p.kind, '(none)') AS kind, p.due,
  CASE
    WHEN p.due >= g.as_of THEN 'open'
    WHEN p.standing IN ('kept', 'late') AND p.settled <= g.as_of THEN p.standing
    WHEN p.standing IN ('unknown', 'open') THEN 'unknown'
    ELSE 'broken'
  END AS standing
FROM promises AS p
CROSS JOIN given AS g
LEFT JOIN (
  SELECT s.decision, s.contact
  FROM seen AS s
  JOIN (SELECT decision, MIN(event) AS event FROM seen WHERE decision IN (SELECT decision FROM promises) GROUP BY decision) AS made ON made.event = s.event
) AS d ON d.decision = p.decision
WHERE p.standing <> 'released'
