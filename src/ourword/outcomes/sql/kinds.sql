-- A contact counts once in each kind with a decision in it, else in its own kind; the version is that of its last event there.
SELECT made.contact, made.kind, MAX(CASE WHEN e.event = made.last_decision THEN e.version END) AS version
FROM (
  SELECT contact, kind, MAX(event) AS last_decision
  FROM seen
  WHERE type LIKE 'decision.%' AND kind IS NOT NULL
  GROUP BY contact, kind
) AS made
JOIN seen AS e ON e.event = made.last_decision
GROUP BY made.contact, made.kind
UNION ALL
SELECT f.contact, COALESCE(f.kind, '(none)') AS kind, f.version
FROM facts AS f
WHERE NOT f.contact IN (SELECT d.contact FROM seen AS d WHERE d.type LIKE 'decision.%' AND d.kind IS NOT NULL)
