-- In each row of a report, the quiet contacts that were drawn: how many of their customer's each stands for, and what was said (1 solved, 0 not, NULL nothing).
SELECT m.kind, m.version, m.segment, s.sample, s.weight, s.solved, COUNT(*) AS called
FROM members AS m
JOIN became AS c ON c.contact = m.contact
JOIN sampled AS s ON s.contact = c.contact
WHERE c.outcome = 'quiet' AND s.drawn = 1
GROUP BY m.kind, m.version, m.segment, s.sample, s.weight, s.solved
