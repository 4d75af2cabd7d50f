-- Where in the total order each contact begins, ends and turns. `needs_answer` is the customer's last word that waits for one: a message, or an
-- explicit no; `last_out` is our last word to them.
SELECT
  contact,
  MIN(subject) AS subject,
  MIN(event) AS first_event,
  MAX(event) AS last_event,
  MAX(CASE WHEN type = 'contact.closed' THEN event END) AS close_event,
  MAX(CASE WHEN type = 'contact.reopened' THEN event END) AS reopen_event,
  MAX(CASE WHEN type = 'message.in' OR said = 'no' THEN event END) AS needs_answer,
  MAX(CASE WHEN type IN ('message.out', 'question.asked') THEN event END) AS last_out,
  MAX(CASE WHEN said IS NOT NULL THEN event END) AS said_event,
  MAX(CASE WHEN type = 'customer.left' THEN event END) AS left_event,
  MIN(CASE WHEN kind IS NOT NULL AND NOT type LIKE 'decision.%' THEN event END) AS kind_event,
  MAX(CASE WHEN version IS NOT NULL THEN event END) AS version_event,
  MIN(CASE WHEN type = 'human.requested' AND COALESCE(actor, 'customer') = 'customer' THEN event END) AS asked_event,
  MIN(CASE WHEN type = 'human.requested' AND COALESCE(actor, 'customer') <> 'customer' THEN event END) AS offered_event,
  MAX(CASE WHEN type = 'human.joined' OR (type = 'message.out' AND actor = 'person') THEN event END) AS person_event,
  MAX(CASE WHEN type = 'message.out' AND actor = 'automation' THEN 1 ELSE 0 END) AS automation_replied,
  MAX(CASE WHEN claimed THEN 1 ELSE 0 END) AS claimed
FROM seen
GROUP BY contact
