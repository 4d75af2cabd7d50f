-- Each promise as it stood at the moment asked about: what was settled only later was open then, or broken if it was due. One that names no contact
-- belongs to the contact in which its decision came first.
SELECT
  p.decision, p.subject, COALESCE(p.contact, d.contact) AS contact, p.promise, COALESCE(p.kind, '(none)') AS kind, p.due,
  CASE
    WHEN p.standing IN ('kept', 'late') AND p.settled <= g.as_of THEN p.standing
    WHEN p.due >= g.as_of THEN 'open'
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
