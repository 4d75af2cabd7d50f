-- When the clock of staying starts, for each contact that is a customer's first in some group: at its first decision, else at its start.
SELECT f.contact, f.subject, COALESCE(MIN(d.at), MIN(f.start_at)) AS start_at
FROM (SELECT DISTINCT contact FROM firsts) AS p
JOIN facts AS f ON f.contact = p.contact
LEFT JOIN (SELECT s.contact, s.at FROM seen AS s WHERE s.type LIKE 'decision.%' AND s.at IS NOT NULL) AS d ON d.contact = f.contact
GROUP BY f.contact, f.subject
