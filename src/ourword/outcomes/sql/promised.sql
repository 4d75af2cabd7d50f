-- What each contact's promises came to; unknown never counts.
SELECT contact, MAX(due) AS last_due, SUM(CASE WHEN standing IN ('late', 'broken') THEN 1 ELSE 0 END) AS broken
FROM standings
WHERE contact IS NOT NULL
GROUP BY contact
