-- Of what could show an outcome, or anything else that is told, how much was ever heard here: for the ladder, and for what is no data. After `watch`.
SELECT
  COUNT(CASE WHEN e.claimed IS NOT NULL THEN 1 END) AS claimed,
  COUNT(CASE WHEN e.contact IS NOT NULL AND (e.type IN ('message.in', 'message.out') OR e.said = 'no' OR e.asks OR e.close_reason IN ('left', 'no_reply') OR e.type = 'customer.left') THEN 1 END) AS gave_up,
  COUNT(CASE WHEN e.contact IS NOT NULL AND (e.type = 'question.asked' OR e.said IN ('yes', 'no') OR e.close_reason = 'confirmed') THEN 1 END) AS confirmed,
  COUNT(CASE WHEN e.contact IS NOT NULL AND (e.type = 'human.joined' OR (e.type = 'message.out' AND e.actor = 'person')) THEN 1 END) AS reached,
  COUNT(CASE WHEN e.contact IS NOT NULL AND e.type = 'human.requested' THEN 1 END) AS persons,
  COUNT(DISTINCT e.decision) AS decisions,
  COUNT(CASE WHEN e.version_contract IS NOT NULL OR e.version_prompt IS NOT NULL OR e.version_model IS NOT NULL THEN 1 END) AS versions,
  COUNT(CASE WHEN e.type IN ('customer.active', 'customer.left') THEN 1 END) AS staying
FROM events AS e
CROSS JOIN given AS g
WHERE e.at IS NULL OR e.at <= g.as_of
