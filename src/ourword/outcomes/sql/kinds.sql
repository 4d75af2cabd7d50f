-- A contact counts once in each kind with a decision in it, else in its own kind; the version is that of its last event there.
SELECT made.contact, made.kind, made.version
FROM (
  SELECT e.contact, e.kind, e.version, ROW_NUMBER() OVER (PARTITION BY e.contact, e.kind ORDER BY e.event DESC) AS from_last
  FROM seen AS e
  WHERE e.type LIKE 'decision.%' AND e.kind IS NOT NULL
) AS made
WHERE made.from_last = 1
UNION ALL
SELECT f.contact, COALESCE(f.kind, '(none)') AS kind, f.version
FROM facts AS f
LEFT JOIN turns AS t ON t.contact = f.contact
WHERE COALESCE(t.decided, 0) = 0
