-- In each row of a report, the quiet contacts that each sample speaks for, and of how many customers; `repeated` adds up the squared weights of those with
-- several contacts in the frame.
SELECT
  t.kind, t.version, t.segment, t.sample,
  SUM(t.contacts) AS contacts,
  COUNT(*) AS customers,
  SUM(CASE WHEN t.weight > 1 THEN t.weight * t.weight ELSE 0 END) AS repeated
FROM (
  SELECT m.kind, m.version, m.segment, s.sample, s.customer, s.weight, COUNT(*) AS contacts
  FROM members AS m
  JOIN became AS c ON c.contact = m.contact
  JOIN sampled AS s ON s.contact = c.contact
  WHERE c.outcome = 'quiet'
  GROUP BY m.kind, m.version, m.segment, s.sample, s.customer, s.weight
) AS t
GROUP BY t.kind, t.version, t.segment, t.sample
