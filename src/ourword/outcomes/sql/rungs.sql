-- What tells each rung of the ladder, counted: how much of what is in a home could make a metric say something. After `watch`.
SELECT
  COUNT(CASE WHEN e.claimed IS NOT NULL THEN 1 END) AS claimed,
  COUNT(CASE WHEN e.type = 'message.in' THEN 1 END) AS gave_up,
  COUNT(CASE WHEN e.said IN ('yes', 'no') OR e.close_reason = 'confirmed' THEN 1 END) AS confirmed,
  COUNT(DISTINCT e.decision) AS decisions,
  COUNT(CASE WHEN e.version_contract IS NOT NULL OR e.version_prompt IS NOT NULL OR e.version_model IS NOT NULL THEN 1 END) AS versions,
  COUNT(CASE WHEN e.type IN ('customer.active', 'customer.left') THEN 1 END) AS staying
FROM events AS e
