-- What customers answered last to each question of a contact: 1 where it is at least 0.7 of the scale (4 of 5, 5 of 7, yes of yes or no), else 0.
SELECT
  a.contact,
  MAX(CASE WHEN a.question = 'satisfaction' THEN a.high END) AS satisfied,
  MAX(CASE WHEN a.question = 'effort' THEN a.high END) AS eased
FROM (
  SELECT
    s.contact, r.question,
    CASE WHEN r.rating * 10 >= r.scale * 7 THEN 1 ELSE 0 END AS high,
    ROW_NUMBER() OVER (PARTITION BY s.contact, r.question ORDER BY s.event DESC) AS place
  FROM remarks AS r
  JOIN seen AS s ON s.event = r.event
  WHERE r.rating IS NOT NULL AND s.type = 'feedback.given'
) AS a
WHERE a.place = 1
GROUP BY a.contact
