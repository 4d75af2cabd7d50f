-- Complaints and cancellations, wherever they were made.
SELECT e.event, e.at, e.subject, e.contact, e.decision
FROM events AS e
CROSS JOIN given AS g
WHERE e.at <= g.as_of AND (e.type LIKE 'complaint%' OR e.type LIKE 'cancellation%' OR (e.type = 'contact.opened' AND e.kind IN ('complaint', 'cancellation')))
