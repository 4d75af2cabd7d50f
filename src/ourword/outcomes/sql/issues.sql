-- What makes two contacts of a customer the same issue: they are about the same object; else the same kind and any object in common.
-- `kind_alone` (off unless asked for) takes two contacts of a kind that name no object for one issue. Whether two contacts of unknown customers are one's,
-- nobody knows: they have none.
SELECT f.contact, f.subject, '' AS issue_kind, n.object AS issue_object
FROM facts AS f
JOIN named AS n ON n.contact = f.contact
WHERE n.about = 1 AND f.subject IS NOT NULL
UNION ALL
SELECT f.contact, f.subject, f.kind AS issue_kind, n.object AS issue_object
FROM facts AS f
JOIN named AS n ON n.contact = f.contact
WHERE f.kind IS NOT NULL AND f.subject IS NOT NULL
UNION ALL
SELECT f.contact, f.subject, f.kind AS issue_kind, -1 AS issue_object
FROM facts AS f
CROSS JOIN given AS g
LEFT JOIN named AS n ON n.contact = f.contact
WHERE g.kind_alone = 1 AND f.kind IS NOT NULL AND f.subject IS NOT NULL AND n.contact IS NULL
