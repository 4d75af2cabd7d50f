-- When a person came to those who had asked for one.
SELECT t.contact, MIN(e.event) AS joined_event, MIN(e.at) AS joined_at
FROM turns AS t
JOIN seen AS e ON e.contact = t.contact
WHERE e.event > t.asked_event AND (e.type = 'human.joined' OR (e.type = 'message.out' AND e.actor = 'person'))
GROUP BY t.contact
