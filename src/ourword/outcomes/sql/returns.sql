-- When the same issue came up next after each contact's end, on any channel: ends and starts on one line of time, and from each end the next start.
-- A start stands before an end of the same event, so that a contact of one event is not its own return.
SELECT line.contact, MIN(line.next_at) AS back_at
FROM (
  SELECT
    point.contact,
    point.is_start,
    MIN(CASE WHEN point.is_start = 1 THEN point.at END) OVER (
      PARTITION BY point.subject, point.issue_kind, point.issue_object
      ORDER BY point.event, point.is_start DESC
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM (
    SELECT i.contact, i.subject, i.issue_kind, i.issue_object, f.first_event AS event, f.start_at AS at, 1 AS is_start
    FROM issues AS i
    JOIN facts AS f ON f.contact = i.contact
    UNION ALL
    SELECT i.contact, i.subject, i.issue_kind, i.issue_object, f.end_event AS event, f.end_at AS at, 0 AS is_start
    FROM issues AS i
    JOIN facts AS f ON f.contact = i.contact
  ) AS point
) AS line
WHERE line.is_start = 0
GROUP BY line.contact
