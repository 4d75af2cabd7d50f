-- New contacts on the same issue within the window, among contacts whose window is over: what chance is held against.
SELECT SUM(CASE WHEN f.back_at - f.end_at <= f.window_length THEN 1 ELSE 0 END) AS returned, COUNT(*) AS among
FROM became AS f
WHERE f.start_at IS NOT NULL AND f.end_at + f.window_length < f.as_of
