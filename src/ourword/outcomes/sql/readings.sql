-- The automated replies whose content was read: which text or intent each `says` (an object with that role), and which question it `asks`; the how
-- manieth time in its contact.
SELECT e.contact, e.event, o.role, o.object, ROW_NUMBER() OVER (PARTITION BY e.contact, o.role, o.object ORDER BY e.event) AS nth
FROM seen AS e
JOIN objects AS o ON o.event = e.event
WHERE e.type IN ('message.out', 'question.asked') AND e.actor = 'automation' AND o.role IN ('says', 'asks')
