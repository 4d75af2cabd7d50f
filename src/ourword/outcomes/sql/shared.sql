-- The issues that more than one contact of a customer has: in no order of starts can anybody else come back.
SELECT i.contact, i.subject, i.issue_kind, i.issue_object
FROM issues AS i
JOIN (
  SELECT subject, issue_kind, issue_object
  FROM issues
  GROUP BY subject, issue_kind, issue_object
  HAVING COUNT(*) > 1
) AS common ON common.subject = i.subject AND common.issue_kind = i.issue_kind AND common.issue_object = i.issue_object
