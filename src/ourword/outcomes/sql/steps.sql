-- How many messages each customer who asked for a person wrote before one came (or before the contact ended).
SELECT f.contact, COUNT(*) AS steps
FROM facts AS f
JOIN seen AS e ON e.contact = f.contact
WHERE e.type = 'message.in' AND e.event > f.asked_event AND (f.joined_event IS NULL OR e.event < f.joined_event)
GROUP BY f.contact
