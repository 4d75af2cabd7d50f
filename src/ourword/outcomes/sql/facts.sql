-- What stands at those marks. It began, at the latest, at its first known time. A contact ends at its last close, or, without one (or reopened since), at its last event.
SELECT
  m.contact,
  m.subject,
  m.first_event,
  CASE WHEN m.close_event > COALESCE(m.reopen_event, -1) THEN m.close_event ELSE m.last_event END AS end_event,
  MIN(e.at) AS start_at,
  MAX(CASE WHEN e.event = CASE WHEN m.close_event > COALESCE(m.reopen_event, -1) THEN m.close_event ELSE m.last_event END THEN e.at END) AS end_at,
  CASE WHEN m.close_event > COALESCE(m.reopen_event, -1) THEN 1 ELSE 0 END AS closed,
  MAX(CASE WHEN e.event = m.close_event THEN e.closed_by END) AS closed_by,
  MAX(CASE WHEN e.event = m.close_event THEN e.close_reason END) AS close_reason,
  MAX(CASE WHEN e.event = m.last_out AND e.asks THEN e.actor END) AS asked_by,
  MAX(CASE WHEN e.event = m.said_event THEN e.said END) AS said,
  MAX(CASE WHEN e.event = m.kind_event THEN e.kind END) AS kind,
  MAX(CASE WHEN e.event = m.version_event THEN e.version END) AS version,
  MIN(CASE WHEN e.event = m.first_event THEN e.channel END) AS channel,
  CASE WHEN m.needs_answer > COALESCE(m.last_out, -1) THEN 1 ELSE 0 END AS unanswered,
  CASE WHEN m.said_event >= COALESCE(m.needs_answer, -1) THEN 1 ELSE 0 END AS said_last,
  CASE WHEN m.close_event > COALESCE(m.needs_answer, -1) THEN 1 ELSE 0 END AS closed_last,
  CASE WHEN m.left_event < COALESCE(m.close_event, m.left_event + 1) THEN 1 ELSE 0 END AS left_before_close,
  CASE WHEN m.needs_answer > COALESCE(m.last_out, -1) OR m.last_out IS NULL THEN 0 ELSE 1 END AS ours_is_last,
  CASE WHEN m.person_event IS NULL THEN 'automation' ELSE 'person' END AS handled_by,
  m.asked_event,
  m.offered_event,
  m.automation_replied,
  m.claimed,
  MAX(CASE WHEN e.event = m.asked_event THEN e.at END) AS asked_at,
  MIN(CASE WHEN e.event > m.asked_event AND (e.type = 'human.joined' OR (e.type = 'message.out' AND e.actor = 'person')) THEN e.event END) AS joined_event,
  MIN(CASE WHEN e.event > m.asked_event AND (e.type = 'human.joined' OR (e.type = 'message.out' AND e.actor = 'person')) THEN e.at END) AS joined_at
FROM marks AS m
JOIN seen AS e ON e.contact = m.contact
GROUP BY
  m.contact, m.subject, m.first_event, m.last_event, m.close_event, m.reopen_event, m.needs_answer, m.last_out, m.said_event, m.left_event,
  m.person_event, m.asked_event, m.offered_event, m.automation_replied, m.claimed
