-- Times in which a customer did nothing for longer than the rule allows; one who left for good has said so.
SELECT s.subject, s.since, s.known_at, s.usual, s.back_at
FROM (
  SELECT
    u.subject, u.since, u.usual, u.back_at, u.gone, r.as_of,
    u.since + CASE WHEN r.times_usual * u.usual > r.length_min THEN r.times_usual * u.usual ELSE r.length_min END AS known_at
  FROM (
    SELECT
      v.subject, v.visit, v.end_at AS since, v.gone,
      LEAD(v.start_at) OVER (PARTITION BY v.subject ORDER BY v.first_event) AS back_at,
      CASE
        WHEN v.visit > 1
          THEN CAST(FLOOR((v.start_at - MIN(v.start_at) OVER (PARTITION BY v.subject ORDER BY v.first_event
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) / (v.visit - 1)) AS BIGINT)
      END AS usual
    FROM visits AS v
  ) AS u
  CROSS JOIN silence_rule AS r
  WHERE u.visit >= r.visits_min
) AS s
WHERE s.gone = 0 AND (s.known_at < s.back_at OR (s.back_at IS NULL AND s.known_at <= s.as_of))
