-- The objects that each contact names; `about` is 1 where one is what the contact is about.
SELECT e.contact, o.object, MAX(CASE WHEN COALESCE(o.role, '') IN ('about', '') THEN 1 ELSE 0 END) AS about
FROM objects AS o
JOIN seen AS e ON e.event = o.event
WHERE COALESCE(o.role, '') NOT IN ('says', 'asks')
GROUP BY e.contact, o.object
