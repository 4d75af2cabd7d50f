-- Contacts followed by a complaint of the same customer, on any channel and about anything, until the window after the contact's end is over; or by one in
-- the contact itself, whoever the customer is.
SELECT f.contact
FROM facts AS f
JOIN events AS e ON e.subject = f.subject
CROSS JOIN given AS g
WHERE e.event > f.first_event AND e.at <= g.as_of AND e.at - f.end_at <= g.window_length
  AND (e.type LIKE 'complaint%' OR (e.type = 'contact.opened' AND e.kind = 'complaint' AND e.contact <> f.contact))
UNION
SELECT f.contact
FROM facts AS f
JOIN events AS e ON e.contact = f.contact
CROSS JOIN given AS g
WHERE e.event > f.first_event AND e.at <= g.as_of AND e.at - f.end_at <= g.window_length AND e.type LIKE 'complaint%'
