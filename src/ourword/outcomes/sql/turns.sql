-- The same of the events that most contacts have once or never: opening, closing and reopening, an explicit answer, the wish for a person.
SELECT
  e.contact,
  MIN(CASE WHEN e.type = 'contact.closed' THEN e.event END) AS first_close,
  MAX(CASE WHEN e.type = 'contact.closed' THEN e.event END) AS close_event,
  MAX(CASE WHEN e.type = 'contact.closed' THEN e.at END) AS close_at,
  MAX(CASE WHEN e.type = 'contact.reopened' THEN e.event END) AS reopen_event,
  MAX(CASE WHEN e.said IS NOT NULL THEN e.event END) AS said_event,
  MAX(CASE WHEN e.type = 'customer.left' THEN e.event END) AS left_event,
  MIN(CASE WHEN e.type = 'human.requested' AND COALESCE(e.actor, 'customer') = 'customer' THEN e.event END) AS asked_event,
  MIN(CASE WHEN e.type = 'human.requested' AND COALESCE(e.actor, 'customer') = 'customer' THEN e.at END) AS asked_at,
  MIN(CASE WHEN e.type = 'human.requested' AND COALESCE(e.actor, 'customer') <> 'customer' THEN e.event END) AS offered_event,
  MAX(CASE WHEN e.kind IS NOT NULL AND e.type LIKE 'decision.%' THEN 1 ELSE 0 END) AS decided,
  MIN(CASE WHEN e.type = 'contact.closed' THEN COALESCE(e.closed_by, '') END) AS least_closed_by,
  MAX(CASE WHEN e.type = 'contact.closed' THEN COALESCE(e.closed_by, '') END) AS closed_by,
  MIN(CASE WHEN e.type = 'contact.closed' THEN COALESCE(e.close_reason, '') END) AS least_close_reason,
  MAX(CASE WHEN e.type = 'contact.closed' THEN COALESCE(e.close_reason, '') END) AS close_reason,
  MIN(e.said) AS least_said,
  MAX(e.said) AS said,
  MIN(CASE WHEN NOT e.type LIKE 'decision.%' THEN e.kind END) AS least_kind,
  MAX(CASE WHEN NOT e.type LIKE 'decision.%' THEN e.kind END) AS kind
FROM seen AS e
WHERE e.type IN ('contact.closed', 'contact.reopened', 'customer.left', 'human.requested') OR e.said IS NOT NULL OR e.kind IS NOT NULL
GROUP BY e.contact
