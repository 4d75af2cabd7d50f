-- Where in the total order each contact begins and ends and whose word was last, in one pass over all events. `needs_answer` is the customer's last
-- word that waits for one: a message, or an explicit no; `last_out` is our last word to them. Times never run against the order, so the last event's
-- time is the last time, unless some event has none (`timeless`). Who handled it is what events say: a person who joined, wrote or closed it, else
-- automation that did something or a timer or rule that wrote (a close by one of those says nothing of who had worked on it). Words come as the least
-- and the greatest (a missing one is ''), and so do customers: where they differ, `varied` looks up the one that holds. Of a contact that was opened, and
-- of which nothing else is known than who took it up and when it was touched last, nothing says that it ended (`went_on`).
SELECT
  e.contact,
  MIN(e.subject) AS least_subject,
  MAX(e.subject) AS subject,
  MIN(e.event) AS first_event,
  MAX(e.event) AS last_event,
  MAX(CASE WHEN e.type = 'message.in' OR e.said = 'no' THEN e.event END) AS needs_answer,
  MAX(CASE WHEN e.type IN ('message.out', 'question.asked') THEN e.event END) AS last_out,
  MAX(CASE WHEN e.type IN ('message.out', 'question.asked') AND e.asks THEN e.event END) AS asks_event,
  MIN(CASE WHEN e.type IN ('message.out', 'question.asked') AND e.asks AND e.actor = 'automation' THEN 1 WHEN e.asks THEN 0 END) AS automation_asks,
  MAX(CASE WHEN e.type = 'human.joined' OR (e.type = 'message.out' AND e.actor = 'person') THEN 1 ELSE 0 END) AS person_joined,
  MAX(CASE WHEN e.type = 'contact.closed' AND (e.closed_by = 'person' OR (e.closed_by IS NULL AND e.actor = 'person')) THEN 1 ELSE 0 END) AS person_closed,
  MAX(CASE
    WHEN e.actor = 'automation' OR e.closed_by = 'automation' OR (e.type IN ('message.out', 'question.asked') AND e.actor IN ('timer', 'rule')) THEN 1 ELSE 0
  END) AS automated,
  MAX(CASE WHEN e.type = 'message.out' AND e.actor = 'automation' THEN 1 ELSE 0 END) AS automation_replied,
  MAX(CASE WHEN e.claimed THEN 1 ELSE 0 END) AS claimed,
  MAX(CASE WHEN e.type IN ('contact.opened', 'human.queued', 'human.joined') OR e.type LIKE '%.updated' THEN 0 ELSE 1 END) AS went_on,
  MIN(e.at) AS start_at,
  MAX(e.at) AS last_at,
  MAX(CASE WHEN e.at IS NULL THEN 1 ELSE 0 END) AS timeless,
  MIN(e.version) AS least_version,
  MAX(e.version) AS version,
  MIN(COALESCE(e.channel, '')) AS least_channel,
  MAX(COALESCE(e.channel, '')) AS channel
FROM seen AS e
GROUP BY e.contact
