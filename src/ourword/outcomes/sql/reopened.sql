-- Contacts that were reopened within the window of the close before.
SELECT DISTINCT turn.contact
FROM (
  SELECT
    e.contact, e.type, e.at,
    LAG(e.type) OVER (PARTITION BY e.contact ORDER BY e.event) AS type_before,
    LAG(e.at) OVER (PARTITION BY e.contact ORDER BY e.event) AS at_before
  FROM seen AS e
  JOIN turns AS t ON t.contact = e.contact
  WHERE e.type IN ('contact.closed', 'contact.reopened') AND t.reopen_event IS NOT NULL
) AS turn
CROSS JOIN given AS g
WHERE turn.type = 'contact.reopened' AND turn.type_before = 'contact.closed' AND turn.at - turn.at_before <= g.window_length
