-- Contacts that a complaint or a cancellation within the window is linked to: it names the contact, a decision of it, or what it was about.
SELECT DISTINCT linked.contact
FROM (
  SELECT q.contact, q.event, q.at FROM grievances AS q WHERE q.contact IS NOT NULL
  UNION ALL
  SELECT d.contact, q.event, q.at
  FROM grievances AS q
  JOIN seen AS d ON d.decision = q.decision
  JOIN facts AS f ON f.contact = d.contact AND f.subject = q.subject
  UNION ALL
  SELECT n.contact, q.event, q.at
  FROM grievances AS q
  JOIN objects AS o ON o.event = q.event
  JOIN named AS n ON n.object = o.object
  JOIN facts AS f ON f.contact = n.contact AND f.subject = q.subject
  WHERE n.about = 1
) AS linked
JOIN facts AS f ON f.contact = linked.contact
CROSS JOIN given AS g
WHERE linked.event > f.end_event AND linked.at - f.end_at <= g.window_length
