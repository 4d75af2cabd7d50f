-- What became of each customer since those contacts: the clock starts at the first decision there, else at the contact's start.
-- A customer's own measure of silence is what was usual for them before (`visits`, `silence_rule`); it is `known_until` that long before now, the same for
-- those who left and those who stayed. Whoever left said so in a `customer.left` without a contact, or is silent still. Where customers are seen to be active
-- (`customer.active`), one without a measure is unknown; where they are not, leaving is what is said, and silence tells nothing.
SELECT
  k.contact, k.subject, k.handled_by, k.start_at, k.followed, k.has_usual, k.known_until, k.stay_length, k.gone_at,
  CASE WHEN k.known_until > k.start_at + k.stay_length THEN 1 ELSE 0 END AS known,
  CASE WHEN k.gone_at - k.start_at <= k.stay_length THEN 1 ELSE 0 END AS gone,
  CASE WHEN k.gone_at - k.start_at <= k.stay_length AND k.left_at IS NULL AND k.aggrieved = 0 THEN 1 ELSE 0 END AS silently
FROM (
  SELECT
    s.contact, s.subject, s.handled_by, s.start_at, s.followed, s.has_usual, s.known_until, s.stay_length, s.left_at, s.aggrieved,
    CASE
      WHEN s.left_at <= s.known_until THEN s.left_at
      WHEN s.left_at IS NULL AND s.has_usual = 1 AND s.last_at <= s.known_until THEN CASE WHEN s.last_at > s.start_at THEN s.last_at ELSE s.start_at END
    END AS gone_at
  FROM (
    SELECT
      w.contact, w.subject, w.handled_by, w.start_at, w.last_at, w.left_at, w.aggrieved, w.has_usual, w.stay_length,
      CASE WHEN w.has_usual = 1 OR (w.leaving_is_told = 1 AND w.activity_is_told = 0) THEN 1 ELSE 0 END AS followed,
      w.as_of - CASE
        WHEN w.has_usual = 0 THEN 0
        WHEN w.times_usual * w.usual > w.length_min THEN w.times_usual * w.usual
        ELSE w.length_min
      END AS known_until
    FROM (
      SELECT
        f.contact, f.subject, f.handled_by, b.start_at, r.as_of, r.times_usual, r.length_min, t.leaving_is_told, t.activity_is_told,
        CASE WHEN g.window_length > 2592000000000 THEN g.window_length ELSE 2592000000000 END AS stay_length,
        CASE WHEN h.visits >= r.visits_min AND t.activity_is_told = 1 THEN 1 ELSE 0 END AS has_usual,
        CASE WHEN h.visits >= r.visits_min THEN CAST(FLOOR((h.last_start - h.first_start) / (h.visits - 1)) AS BIGINT) ELSE 0 END AS usual,
        l.last_at,
        MIN(CASE WHEN q.at >= b.start_at THEN q.at END) AS left_at,
        MAX(CASE WHEN q.aggrieved_at >= b.start_at THEN 1 ELSE 0 END) AS aggrieved
      FROM facts AS f
      JOIN begun AS b ON b.contact = f.contact
      CROSS JOIN given AS g
      CROSS JOIN silence_rule AS r
      CROSS JOIN (
        SELECT
          MAX(CASE WHEN e.type = 'customer.left' AND e.contact IS NULL THEN 1 ELSE 0 END) AS leaving_is_told,
          MAX(CASE WHEN e.type = 'customer.active' THEN 1 ELSE 0 END) AS activity_is_told
        FROM events AS e
        CROSS JOIN given AS n
        WHERE e.at <= n.as_of
      ) AS t
      LEFT JOIN (
        SELECT b.contact, COUNT(*) AS visits, MIN(v.start_at) AS first_start, MAX(v.start_at) AS last_start
        FROM begun AS b
        JOIN visits AS v ON v.subject = b.subject
        WHERE v.end_at < b.start_at
        GROUP BY b.contact
      ) AS h ON h.contact = f.contact
      LEFT JOIN (SELECT subject, MAX(end_at) AS last_at FROM visits GROUP BY subject) AS l ON l.subject = f.subject
      LEFT JOIN partings AS q ON q.subject = f.subject
      GROUP BY
        f.contact, f.subject, f.handled_by, b.start_at, r.as_of, r.times_usual, r.length_min, r.visits_min, t.leaving_is_told, t.activity_is_told,
        g.window_length,
        h.visits, h.last_start, h.first_start, l.last_at
    ) AS w
  ) AS s
) AS k
