-- Where each customer counts: in every group in which they have a contact, once, by the first of them there.
SELECT p.kind, p.version, p.segment, f.contact
FROM (
  SELECT m.kind, m.version, m.segment, f.subject, MIN(f.first_event) AS first_event
  FROM members AS m
  JOIN facts AS f ON f.contact = m.contact
  WHERE f.subject IS NOT NULL AND f.start_at IS NOT NULL
  GROUP BY m.kind, m.version, m.segment, f.subject
) AS p
JOIN facts AS f ON f.first_event = p.first_event
