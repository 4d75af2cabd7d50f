-- The automated replies whose content was read: which text or intent each `says` (an object with that role), and which question it `asks`; the how
-- manieth time in its contact.
SELECT o.contact, o.event, o.role, o.object, ROW_NUMBER() OVER (PARTITION BY o.contact, o.role, o.object ORDER BY o.event) AS nth
FROM mentions AS o
WHERE o.type IN ('message.out', 'question.asked') AND o.actor = 'automation' AND o.role IN ('says', 'asks')
