"""Salesforce: cases, their history, e-mails, comments, chats, users and contacts, as Data Loader and the API write them (API names, ISO times).

Read on 2026-11-25 in stored copies of public documentation, never a live account. What each settled:

- developer.salesforce.com, object reference (release 264 and earlier), *CaseHistory*: `Field` is a field's name or `ownerAssignment`,
  `ownerAccepted`, `ownerEscalated`; a change of a reference gives **two rows**, one with names and one with ids: only ids are read.
- The same, *Field History Tracking*: kept for 18 months, 24 through the API; only from the day on which it was switched on, for the fields that
  are tracked; exact to the second, and the order within one second is not told: a close comes after what was said in the same second.
- The same, *EmailMessage*: `Incoming`; `AutomationType` (`AiAutomated`: a machine wrote and sent it; `AiAssisted`: an agent sent it);
  *CaseComment*: `IsPublished`, and an author who may be a customer of the portal.
- The same, *MessagingSession*: `AgentType` (`Agent`, `Bot`, `BotToAgent`, `System` for what a flow sent), `CaseId`, `AcceptTime` of an agent;
  *ConversationEntry*: `ActorType`, `EntryType` (`Text`, `BotEscalated`, `ChatbotClosedIdleSession`, …), and, under *Usage*, that enhanced channels
  keep no words there. The values of `EndedByType` were cut off in each copy: it is not read.
- The same, *Case* and *CaseStatus*: `IsClosed`, `ClosedDate`; a company names its states itself, and several may be closed ones: cases say which.
- github.com/api-evangelist/salesforce-sales-cloud, `salesforce-sales-cloud-case-schema.json`: `MasterRecordId` of a case that was merged away.
- The same, *User*, as quoted at salesforce.stackexchange.com/questions/3889: `UserType`, of staff, of customers (of a portal) and of Salesforce
  itself (`AutomatedProcess`: devcodex.blog, *salesforce-usertype-values-guide*).
- help.salesforce.com, article 000385167: times as Data Loader writes them.

Not read, since its form could not be verified: *Conversation Billing Outcome* of Data 360; why stands in the page.
Plans, roles and how far back: docs/how-to/get-your-data-salesforce.md. A report's CSV has labels for names and times in somebody's locale: it stays
a table. Not verified: files of a live account, and in which zone the weekly data export writes times that name none: a person is asked.
"""

from ourword.helpdesks.salesforce.shapes import SHAPES

__all__ = ["SHAPES"]
