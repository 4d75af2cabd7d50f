-- Of what could show an outcome, how much was ever heard here. After `watch`.
SELECT
  COUNT(CASE WHEN e.type IN ('message.in', 'message.out') OR e.said = 'no' OR e.asks OR e.close_reason IN ('left', 'no_reply') OR e.type = 'customer.left' THEN 1 END) AS gave_up,
  COUNT(CASE WHEN e.type = 'question.asked' OR e.said IN ('yes', 'no') OR e.close_reason = 'confirmed' THEN 1 END) AS confirmed,
  COUNT(CASE WHEN e.type = 'human.requested' THEN 1 END) AS persons
FROM seen AS e
