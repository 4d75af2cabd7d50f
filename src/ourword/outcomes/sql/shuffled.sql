-- The same, were the contacts' times unrelated (`timed`): how many, of each turn, would have the next start of a shared issue within the window of
-- their end.
SELECT line.turn, SUM(CASE WHEN line.next_at - line.end_at <= line.window_length THEN 1 ELSE 0 END) AS returned
FROM (
  SELECT point.turn, point.contact, MIN(point.end_at) AS end_at, MIN(point.next_at) AS next_at, MIN(point.window_length) AS window_length
  FROM (
    SELECT
      both_ends.turn, both_ends.contact, both_ends.is_start, both_ends.end_at, both_ends.window_length, both_ends.as_of,
      MIN(CASE WHEN both_ends.is_start = 1 THEN both_ends.moment END) OVER (
        PARTITION BY both_ends.turn, both_ends.subject, both_ends.issue_kind, both_ends.issue_object
        ORDER BY both_ends.moment, both_ends.is_start DESC, both_ends.contact
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
      ) AS next_at
    FROM (
      SELECT t.turn, s.subject, s.issue_kind, s.issue_object, t.contact, t.start_at AS moment, 1 AS is_start, t.end_at, t.window_length, t.as_of
      FROM timed AS t
      JOIN shared AS s ON s.contact = t.contact
      UNION ALL
      SELECT t.turn, s.subject, s.issue_kind, s.issue_object, t.contact, t.end_at AS moment, 0 AS is_start, t.end_at, t.window_length, t.as_of
      FROM timed AS t
      JOIN shared AS s ON s.contact = t.contact
    ) AS both_ends
  ) AS point
  WHERE point.is_start = 0 AND point.end_at + point.window_length < point.as_of
  GROUP BY point.turn, point.contact
) AS line
GROUP BY line.turn
