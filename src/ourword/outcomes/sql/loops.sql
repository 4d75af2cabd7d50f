-- Contacts in which two automated replies in a row both repeated an earlier one, the customer's facts unchanged between them.
SELECT DISTINCT turn.contact
FROM (
  SELECT step.contact, step.again, LAG(step.again) OVER (PARTITION BY step.contact ORDER BY step.event) AS again_before
  FROM (
    SELECT contact, event, CASE WHEN MIN(nth) > 1 THEN 1 ELSE 0 END AS again FROM readings WHERE role = 'says' GROUP BY contact, event
    UNION ALL
    SELECT contact, event, 0 AS again FROM seen WHERE type = 'customer.updated'
  ) AS step
) AS turn
WHERE turn.again = 1 AND turn.again_before = 1
