-- Decisions of which an event says the answer; whether the reasons were told, and what became of it when the customer disagreed.
SELECT
  m.decision, m.contact, m.subject, m.kind, m.answer, m.at AS made_at, g.as_of, g.window_length, k.reasons_are_said, k.contests_are_said,
  MIN(CASE WHEN t.reasons THEN 1 ELSE 2 END) AS reasoned,
  MIN(CASE WHEN t.type = 'decision.contested' THEN t.at END) AS contested_at,
  MIN(CASE WHEN t.type = 'decision.reviewed' AND t.actor = 'person' THEN t.at END) AS reviewed_at,
  MAX(CASE WHEN t.type = 'decision.reviewed' AND t.actor = 'person' AND t.changed THEN 1 ELSE 0 END) AS changed
FROM (
  SELECT
    s.decision, s.contact, s.subject, COALESCE(s.kind, '(none)') AS kind, r.answer, s.at,
    ROW_NUMBER() OVER (PARTITION BY s.decision ORDER BY s.event) AS place
  FROM remarks AS r
  JOIN seen AS s ON s.event = r.event
  WHERE r.answer IS NOT NULL AND s.decision IS NOT NULL
) AS m
CROSS JOIN given AS g
CROSS JOIN (
  SELECT
    COUNT(CASE WHEN r.reasons IS NOT NULL THEN 1 END) AS reasons_are_said,
    COUNT(CASE WHEN e.type = 'decision.contested' THEN 1 END) AS contests_are_said
  FROM events AS e
  LEFT JOIN remarks AS r ON r.event = e.event
  CROSS JOIN given AS n
  WHERE e.at IS NULL OR e.at <= n.as_of
) AS k
LEFT JOIN (
  SELECT e.decision, e.type, e.at, e.actor, r.reasons, r.changed
  FROM events AS e
  LEFT JOIN remarks AS r ON r.event = e.event
  CROSS JOIN given AS n
  WHERE e.decision IS NOT NULL AND (e.at IS NULL OR e.at <= n.as_of)
) AS t ON t.decision = m.decision
WHERE m.place = 1
GROUP BY m.decision, m.contact, m.subject, m.kind, m.answer, m.at, g.as_of, g.window_length, k.reasons_are_said, k.contests_are_said
