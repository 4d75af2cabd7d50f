-- Contacts with an automated reply to the customer that brought no new fact, act, promise or question since the reply before it.
SELECT DISTINCT reply.contact
FROM (
  SELECT
    walked.contact, walked.heard, walked.brought,
    LAG(walked.brought) OVER (PARTITION BY walked.contact ORDER BY walked.event) AS brought_before
  FROM (
    SELECT
      step.contact, step.event, step.is_reply,
      SUM(step.is_heard) OVER (PARTITION BY step.contact ORDER BY step.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS heard,
      SUM(step.brings) OVER (PARTITION BY step.contact ORDER BY step.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS brought
    FROM (
      SELECT
        e.contact, e.event,
        CASE WHEN r.event IS NULL THEN 0 ELSE 1 END AS is_reply,
        CASE WHEN e.type = 'message.in' THEN 1 ELSE 0 END AS is_heard,
        CASE
          WHEN e.type = 'action.executed' OR e.type LIKE 'decision.%' OR e.type LIKE 'promise.%' OR n.event IS NOT NULL OR (r.event IS NOT NULL AND e.asks)
          THEN 1 ELSE 0
        END AS brings
      FROM seen AS e
      JOIN (SELECT DISTINCT contact FROM readings WHERE role = 'says') AS read_of ON read_of.contact = e.contact
      LEFT JOIN (SELECT DISTINCT event FROM readings WHERE role = 'says') AS r ON r.event = e.event
      LEFT JOIN (SELECT DISTINCT event FROM named) AS n ON n.event = e.event
    ) AS step
  ) AS walked
  WHERE walked.is_reply = 1
) AS reply
WHERE reply.heard > 0 AND reply.brought = COALESCE(reply.brought_before, 0)
