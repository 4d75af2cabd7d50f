"""Chatwoot: conversations, messages, reporting events, CSAT responses and contacts, as its API pages them; the CSAT report as CSV.

Read on 2026-11-25 in stored copies of github.com/chatwoot/chatwoot, nothing live. What each file settled:

- app/views/api/v1/conversations/partials/_conversation.json.jbuilder: `id` is the number that people see (`display_id`); a list has the
  last message only, and `last_non_activity_message`; times are whole seconds; `first_reply_created_at` is a person's.
- app/views/api/v1/models/_message.json.jbuilder, swagger/definitions/resource/message_detailed.yml: `message_type` 0 to 3;
  app/models/agent_bot.rb and enterprise/app/models/captain/assistant.rb: a sender's `type`, `agent_bot` or `captain_assistant`.
- app/views/api/v1/accounts/conversations/messages/index.json.jbuilder: a page of messages says beside them whose they are; older ones by number.
- config/locales/en.yml, `conversations.activity`: what an activity message says when a conversation is resolved, by whom or by which
  timer, reopened or handed over. An account in another language writes them in that language: those are not read, and who resolved it is
  then unknown.
- enterprise/app/views/api/v1/models/_reporting_event.json.jbuilder and app/listeners/reporting_event_listener.rb: a report's
  `conversation_id` is the database's, **not** the number that people see. Taken for one, it would name another conversation: so reports
  are joined by inbox and second of the beginning, and where two began together, not at all.
- app/views/api/v1/models/_csat_survey_response.json.jbuilder and …/csat_survey_responses/download.csv.erb: ratings.

Roles and plans: docs/how-to/get-your-data-chatwoot.md. The stored copies mix versions, and those of others who build on it; where they differ, each
form is read. Not verified: pages of a live account. A dump of the database is not read: its messages have the database's numbers.
"""

from ourword.helpdesks.chatwoot.shapes import SHAPES

__all__ = ["SHAPES"]
