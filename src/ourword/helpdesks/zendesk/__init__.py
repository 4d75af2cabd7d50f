"""Zendesk: tickets, their audits and comments, metric events, ratings, people, and the tables that are exported as CSV.

Read on 2026-11-25 in stored copies, nothing live. What each page settled:

- developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports: pages of tickets, users and ticket events;
  `comment_events`; `support_type_scope`, which leaves tickets of AI agents out unless asked for.
- developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits and …/reference-guides/ticket-audit-events-reference (the latter
  also in an old copy of the documentation, whole): audits, their `Comment`, `Create`, `Change` and `SatisfactionRating` events, an
  event's own `via` where it differs from the audit's. Event types that are not documented are to be ignored, says the page.
- …/reference-guides/via-object-reference and …/via-types: `rule` with `rel: trigger`, `merge` (19), `batch` (20).
- …/api-reference/ticketing/tickets/ticket_metric_events and …/ticket-metric-event-types-reference: a ticket's becoming solved fulfils
  `requester_wait_time`.
- …/ticket-management/satisfaction_ratings: the scores, `offered` and `unoffered` among them.
- support.zendesk.com/hc/en-us/articles/4408894213018: who may reopen what; solved tickets close by themselves.
- how a follow-up names the closed ticket (`via.source.rel`: `follow_up`), the tag and the notices of a merge, and
  fields of metric sets, satisfaction ratings and ticket events (`status`, `previous_value`, `updater_id`): public schemas and samples of
  others who read the same API (singer-io/tap-zendesk, cloudbees-oss/zendesk-java-client and others), not Zendesk's own pages.

Not verified: the columns of a view's CSV (the usual names are taken), that the system's own updates have the author -1 in every
account, and that a full JSON export has its comments in `comments`. Not read: survey responses (the newer CSAT), and what a chat's own
events hold of a conversation; a transcript that Zendesk put into one comment is one message.
"""

from ourword.helpdesks.zendesk.shapes import SHAPES

__all__ = ["SHAPES"]
