-- What a customer said on leaving: that they leave (`customer.left` without a contact; with one, only the contact was left), or that they are wronged.
SELECT
  e.event, e.subject,
  CASE WHEN e.type = 'customer.left' THEN e.at END AS at,
  CASE WHEN e.type <> 'customer.left' THEN e.at END AS aggrieved_at
FROM events AS e
CROSS JOIN given AS g
WHERE e.subject IS NOT NULL AND e.at <= g.as_of AND (
  (e.type = 'customer.left' AND e.contact IS NULL)
  OR e.type LIKE 'complaint%'
  OR e.type LIKE 'cancellation%'
  OR (e.type = 'contact.opened' AND e.kind IN ('complaint', 'cancellation'))
)
