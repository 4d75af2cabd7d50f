-- Contacts whose customer wrote on two channels, or took the same issue to another channel within the window.
SELECT own.contact
FROM (SELECT contact, channel FROM seen WHERE type IN ('message.in', 'contact.opened') AND channel IS NOT NULL) AS own
GROUP BY own.contact
HAVING MIN(own.channel) <> MAX(own.channel)
UNION
SELECT turn.contact
FROM (
  SELECT
    i.contact, f.channel, f.end_at,
    LEAD(f.channel) OVER (PARTITION BY i.subject, i.issue_kind, i.issue_object ORDER BY f.first_event) AS channel_next,
    LEAD(f.start_at) OVER (PARTITION BY i.subject, i.issue_kind, i.issue_object ORDER BY f.first_event) AS start_next
  FROM issues AS i
  JOIN facts AS f ON f.contact = i.contact
) AS turn
CROSS JOIN given AS g
WHERE turn.channel <> turn.channel_next AND turn.start_next - turn.end_at <= g.window_length
