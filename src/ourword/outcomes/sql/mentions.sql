-- The objects that contacts name, and in which kind of event: by whom and in what role.
SELECT e.contact, e.event, e.type, e.actor, o.object, COALESCE(o.role, '') AS role
FROM objects AS o
JOIN seen AS e ON e.event = o.event
