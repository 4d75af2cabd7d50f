-- Contacts in which the customer wrote again after a close, within the window of the close before, whether or not anybody called them reopened. A yes
-- to an explicit question is no return, nor is the message that holds it: one at the same moment, right before it.
SELECT DISTINCT word.contact
FROM (
  SELECT
    spoken.contact, spoken.type, spoken.at, spoken.said, spoken.said_next, spoken.next_at,
    FIRST_VALUE(spoken.type) OVER (
      PARTITION BY spoken.contact, spoken.turn ORDER BY spoken.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS turned,
    FIRST_VALUE(spoken.at) OVER (
      PARTITION BY spoken.contact, spoken.turn ORDER BY spoken.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS turned_at
  FROM (
    SELECT
      e.contact, e.event, e.type, e.at, COALESCE(e.said, '') AS said,
      SUM(CASE WHEN e.type IN ('contact.closed', 'contact.reopened') THEN 1 ELSE 0 END) OVER (
        PARTITION BY e.contact ORDER BY e.event ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS turn,
      LEAD(COALESCE(e.said, '')) OVER (PARTITION BY e.contact ORDER BY e.event) AS said_next,
      LEAD(e.at) OVER (PARTITION BY e.contact ORDER BY e.event) AS next_at
    FROM seen AS e
    JOIN facts AS f ON f.contact = e.contact
    WHERE f.spoke_after_close = 1 AND (e.type IN ('contact.closed', 'contact.reopened', 'message.in') OR e.said IS NOT NULL)
  ) AS spoken
) AS word
CROSS JOIN given AS g
WHERE word.type = 'message.in' AND word.said <> 'yes' AND word.turned = 'contact.closed' AND word.at - word.turned_at <= g.window_length
  AND CASE WHEN word.said_next = 'yes' AND word.next_at = word.at THEN 0 ELSE 1 END = 1
