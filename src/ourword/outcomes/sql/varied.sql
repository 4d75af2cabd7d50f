-- What holds in contacts whose words differ, in which several customers take part, or whose times are not all known: the one at the mark itself. A contact
-- is that of the customer of its first event; numbers of customers are given by arrival, and none of them is more than another.
SELECT
  k.contact,
  MAX(CASE WHEN e.event = k.subject_event THEN e.subject END) AS subject,
  MAX(CASE WHEN e.event = k.end_event THEN e.at END) AS end_at,
  MAX(CASE WHEN e.event = k.asked_event THEN e.at END) AS asked_at,
  MAX(CASE WHEN e.event = k.close_event THEN e.closed_by END) AS closed_by,
  MAX(CASE WHEN e.event = k.close_event THEN e.close_reason END) AS close_reason,
  MAX(CASE WHEN e.event = k.last_out AND e.asks THEN e.actor END) AS asked_by,
  MAX(CASE WHEN e.event = k.said_event THEN e.said END) AS said,
  MAX(CASE WHEN e.event = k.kind_event THEN e.kind END) AS kind,
  MAX(CASE WHEN e.event = k.version_event THEN e.version END) AS version,
  MAX(CASE WHEN e.event = k.first_event THEN e.channel END) AS channel
FROM (
  SELECT
    m.contact, m.first_event, m.last_out, t.close_event, t.said_event, t.asked_event,
    CASE WHEN t.close_event > COALESCE(t.reopen_event, -1) THEN t.close_event ELSE m.last_event END AS end_event,
    MIN(CASE WHEN v.subject IS NOT NULL THEN v.event END) AS subject_event,
    MIN(CASE WHEN v.kind IS NOT NULL AND NOT v.type LIKE 'decision.%' THEN v.event END) AS kind_event,
    MAX(CASE WHEN v.version IS NOT NULL THEN v.event END) AS version_event
  FROM marks AS m
  LEFT JOIN turns AS t ON t.contact = m.contact
  JOIN seen AS v ON v.contact = m.contact
  WHERE m.timeless = 1 OR m.least_subject <> m.subject OR m.least_version <> m.version OR m.least_channel <> m.channel OR (m.asks_event = m.last_out AND m.automation_asks = 0)
    OR t.least_closed_by <> t.closed_by OR t.least_close_reason <> t.close_reason OR t.least_said <> t.said OR t.least_kind <> t.kind
  GROUP BY m.contact, m.first_event, m.last_event, m.last_out, t.close_event, t.reopen_event, t.said_event, t.asked_event
) AS k
JOIN seen AS e ON e.contact = k.contact
GROUP BY k.contact
