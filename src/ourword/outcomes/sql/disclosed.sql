-- Contacts that automation answered, and whether the customer had been told so by then; only of sources that say `discloses` at all, yes or no.
SELECT a.contact, CASE WHEN t.told_event <= a.answer_event THEN 1 ELSE 0 END AS disclosed
FROM (
  SELECT s.contact, MIN(s.event) AS answer_event, MIN(s.source) AS source
  FROM seen AS s
  WHERE s.type = 'message.out' AND s.actor = 'automation'
  GROUP BY s.contact
) AS a
JOIN (
  SELECT DISTINCT s.source FROM remarks AS r JOIN seen AS s ON s.event = r.event WHERE r.discloses IS NOT NULL
) AS k ON k.source = a.source
LEFT JOIN (
  SELECT s.contact, MIN(s.event) AS told_event FROM remarks AS r JOIN seen AS s ON s.event = r.event WHERE r.discloses GROUP BY s.contact
) AS t ON t.contact = a.contact
