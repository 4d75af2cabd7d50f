-- The objects that each contact names; `about` is 1 where one is what the contact is about; `event` is where it was named first.
SELECT o.contact, o.object, MAX(CASE WHEN o.role IN ('about', '') THEN 1 ELSE 0 END) AS about, MIN(o.event) AS event
FROM mentions AS o
WHERE o.role NOT IN ('says', 'asks')
GROUP BY o.contact, o.object
