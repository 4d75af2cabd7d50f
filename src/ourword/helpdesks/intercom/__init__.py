"""Intercom: conversations with their parts, lists of them, contacts, teammates, and the reports that are exported as CSV.

Read on 2026-11-25 in stored copies, nothing live. What each page settled:

- github.com/intercom/Intercom-OpenAPI, descriptions/2.14 (schemas `conversation`, `conversation_list_item`, `conversation_part`,
  `conversation_source`, `conversation_rating`, `conversation_statistics`, `contact`, `conversation_deleted`): the API's objects; a
  list has no parts; at most 500 parts; quick replies in a part's `metadata`.
- developers.intercom.com, "The Conversation model" of an older version: the part types, among them `user_became_idle` ("Operator
  did not receive a reply from the user in time"), `quick_reply`, `note_and_reopen`.
- intercom.com/help 8205718 (copies of 2023 and 2025) and 7837512: Fin counts as resolved what a customer confirms, or leaves without
  asking for more. Confirmed is the button "That helped", and also "OK, thanks" in words: so `confirmed_resolution` alone is a claim
  here, and only the button, or a yes to an explicit question, is the customer's word.
- Fin's `resolution_state`: the schemas say only that it is a text; clients generated from other versions list `assumed_resolution`,
  `confirmed_resolution`, `routed_to_team`, `abandoned`, and later `escalated`, `negative_feedback`, `procedure_handoff`.
- …/contacts/mergecontact (2.16, 2.17) and …/contacts/listcontactmergehistory (Preview): a merged contact is gone; the one that it was
  merged into may have a `merge_history` with `source_contact_id`.
- …/reporting-data-export (2.16, 2.17): the datasets as CSV, two years back, three where that was extended.
- intercom.com/help 7872967 and 7155449: conversations that a workflow closes when nobody answers.

Not verified: the columns of a report's CSV (taken from public programs that read them: `Conversation started at (America/New_York)`,
the zone in the column's name), that parts are numbered upwards in time, that a customer's reply to a closed conversation is an `open`
part with a body (public readers of the API take it so), and the export to cloud storage, of which no published form was found.
"""

from ourword.helpdesks.intercom.shapes import SHAPES

__all__ = ["SHAPES"]
