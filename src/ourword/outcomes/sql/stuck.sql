-- Five ways of going round in circles, 1 or 0; `readable` is 1 where somebody said what the automation's replies say, else three of the five are unknown.
SELECT
  f.contact,
  CASE WHEN r.contact IS NULL THEN 0 ELSE 1 END AS readable,
  CASE WHEN f.asked_event IS NOT NULL AND f.joined_event IS NULL THEN 1 ELSE 0 END AS no_person,
  CASE WHEN l.contact IS NULL THEN 0 ELSE 1 END AS in_loop,
  CASE WHEN r.asked_again > 1 THEN 1 ELSE 0 END AS asked_again,
  CASE WHEN s.contact IS NULL THEN 0 ELSE 1 END AS switched,
  CASE WHEN e.contact IS NULL THEN 0 ELSE 1 END AS empty_reply
FROM facts AS f
LEFT JOIN (
  SELECT contact, MAX(CASE WHEN role = 'asks' THEN nth ELSE 0 END) AS asked_again FROM readings GROUP BY contact
) AS r ON r.contact = f.contact
LEFT JOIN loops AS l ON l.contact = f.contact
LEFT JOIN switched AS s ON s.contact = f.contact
LEFT JOIN empties AS e ON e.contact = f.contact
