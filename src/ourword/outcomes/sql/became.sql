-- What became of each contact: exactly one outcome, the first that holds. `followed` is 1 where a return would be seen: the contact names a customer and
-- what it is about, or returns that need neither are seen here (into the same contact, or a complaint linked to it).
SELECT
  turned.*,
  CASE
    WHEN turned.end_at IS NULL THEN 'unknown'
    WHEN turned.as_of <= turned.end_at + turned.window_length OR turned.as_of <= turned.last_due OR turned.went_on = 0 THEN 'still_open'
    WHEN turned.promise_broken = 1 THEN 'promise_broken'
    WHEN turned.came_back = 1 THEN 'came_back'
    WHEN turned.gave_up = 1 THEN 'gave_up'
    WHEN turned.confirmed = 1 THEN 'confirmed'
    ELSE 'quiet'
  END AS outcome
FROM (
  SELECT
    f.*,
    k.readable, k.no_person, k.in_loop, k.asked_again, k.switched, k.empty_reply,
    COALESCE(h.steps, 0) AS steps_to_person,
    g.as_of,
    g.window_length,
    p.last_due,
    r.back_at,
    CASE WHEN r.contact IS NOT NULL OR y.contacts > 0 THEN 1 ELSE 0 END AS followed,
    CASE WHEN o.contact IS NULL THEN 0 ELSE 1 END AS reopened,
    CASE WHEN w.contact IS NULL THEN 0 ELSE 1 END AS wrote_again,
    CASE WHEN p.broken > 0 THEN 1 ELSE 0 END AS promise_broken,
    CASE
      WHEN o.contact IS NOT NULL OR w.contact IS NOT NULL OR a.contact IS NOT NULL OR r.back_at - f.end_at <= g.window_length THEN 1
      ELSE 0
    END AS came_back,
    CASE
      WHEN f.said_last = 1 AND f.said = 'yes' THEN 0
      WHEN f.closed_last = 1 AND f.close_reason = 'confirmed' AND COALESCE(f.closed_by, '') NOT IN ('timer', 'rule') THEN 0
      WHEN f.unanswered = 1 OR f.left_before_close = 1 THEN 1
      WHEN f.closed = 1 AND f.close_reason = 'left' THEN 1
      WHEN f.ours_is_last = 1 AND f.asked_by = 'automation'
        AND (f.closed = 0 OR f.closed_by = 'timer' OR f.close_reason = 'no_reply') THEN 1
      ELSE 0
    END AS gave_up,
    CASE
      WHEN f.said_last = 1 AND f.said = 'yes' THEN 1
      WHEN f.closed_last = 1 AND COALESCE(f.said, 'yes') = 'yes' AND f.close_reason = 'confirmed' AND COALESCE(f.closed_by, '') NOT IN ('timer', 'rule') THEN 1
      ELSE 0
    END AS confirmed
  FROM facts AS f
  CROSS JOIN given AS g
  JOIN stuck AS k ON k.contact = f.contact
  LEFT JOIN steps AS h ON h.contact = f.contact
  LEFT JOIN promised AS p ON p.contact = f.contact
  LEFT JOIN returns AS r ON r.contact = f.contact
  LEFT JOIN reopened AS o ON o.contact = f.contact
  LEFT JOIN wrote_again AS w ON w.contact = f.contact
  LEFT JOIN aggrieved AS a ON a.contact = f.contact
  CROSS JOIN (
    SELECT COUNT(*) AS contacts
    FROM (SELECT contact FROM reopened UNION ALL SELECT contact FROM wrote_again UNION ALL SELECT contact FROM aggrieved) AS anew
  ) AS y
) AS turned
