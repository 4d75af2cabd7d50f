-- What stands at those marks. It began, at the latest, at its first known time. A contact ends at its last close, or, without one (or reopened since), at its last event.
-- An answer or a close is the last word (`said_last`, `closed_last`) until the customer says more, or the contact is opened again.
SELECT
  m.contact,
  CASE WHEN v.contact IS NOT NULL THEN v.subject ELSE m.subject END AS subject,
  m.first_event,
  CASE WHEN t.close_event > COALESCE(t.reopen_event, -1) THEN t.close_event ELSE m.last_event END AS end_event,
  m.start_at,
  CASE
    WHEN v.contact IS NOT NULL THEN v.end_at
    WHEN t.close_event > COALESCE(t.reopen_event, -1) THEN t.close_at
    ELSE m.last_at
  END AS end_at,
  CASE WHEN t.close_event > COALESCE(t.reopen_event, -1) THEN 1 ELSE 0 END AS closed,
  CASE WHEN v.contact IS NOT NULL THEN v.closed_by ELSE NULLIF(t.closed_by, '') END AS closed_by,
  CASE WHEN v.contact IS NOT NULL THEN v.close_reason ELSE NULLIF(t.close_reason, '') END AS close_reason,
  CASE WHEN v.contact IS NOT NULL THEN v.asked_by WHEN m.asks_event = m.last_out THEN 'automation' END AS asked_by,
  CASE WHEN v.contact IS NOT NULL THEN v.said ELSE t.said END AS said,
  CASE WHEN v.contact IS NOT NULL THEN v.kind ELSE t.kind END AS kind,
  CASE WHEN v.contact IS NOT NULL THEN v.version ELSE m.version END AS version,
  CASE WHEN v.contact IS NOT NULL THEN v.channel ELSE NULLIF(m.channel, '') END AS channel,
  CASE WHEN m.needs_answer > COALESCE(m.last_out, -1) THEN 1 ELSE 0 END AS unanswered,
  CASE WHEN m.needs_answer > t.first_close THEN 1 ELSE 0 END AS spoke_after_close,
  CASE WHEN t.said_event >= COALESCE(m.needs_answer, -1) AND t.said_event > COALESCE(t.reopen_event, -1) THEN 1 ELSE 0 END AS said_last,
  CASE WHEN t.close_event > COALESCE(m.needs_answer, -1) AND t.close_event > COALESCE(t.reopen_event, -1) THEN 1 ELSE 0 END AS closed_last,
  CASE WHEN t.left_event < COALESCE(t.close_event, t.left_event + 1) THEN 1 ELSE 0 END AS left_before_close,
  CASE WHEN m.needs_answer > COALESCE(m.last_out, -1) OR m.last_out IS NULL THEN 0 ELSE 1 END AS ours_is_last,
  CASE WHEN m.person_joined = 1 OR m.person_closed = 1 THEN 'person' WHEN m.automated = 1 THEN 'automation' ELSE 'unknown' END AS handled_by,
  m.person_joined,
  t.asked_event,
  t.offered_event,
  m.automation_replied,
  m.claimed,
  m.went_on,
  CASE WHEN v.contact IS NOT NULL THEN v.asked_at ELSE t.asked_at END AS asked_at,
  p.joined_event,
  p.joined_at
FROM marks AS m
LEFT JOIN turns AS t ON t.contact = m.contact
LEFT JOIN varied AS v ON v.contact = m.contact
LEFT JOIN persons AS p ON p.contact = m.contact
