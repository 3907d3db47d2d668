//! What went wrong, and the one place that decides what to do about it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crm::{CrmError, CrmErrorKind};
use domain::{RecordId, UnmappedStatus, Unreadable};
use notify::{NotifyError, NotifyErrorKind};
use shopify::{ShopError, ShopErrorKind};
use store::{StoreError, StoreErrorKind};

/// Everything that can keep an event from being finished. Cheap to clone: one failed call may concern many events.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The shop did not tell us.
    Shop(Arc<ShopError>),
    /// The CRM did not do it.
    Crm(Arc<CrmError>),
    /// A chat did not take the message.
    Chat(Arc<NotifyError>),
    /// A memory of ours failed.
    Store(Arc<StoreError>),
    /// What was read is older than what the event speaks of, or than what was already written.
    StaleRead,
    /// Somebody else writes this customer.
    Held,
    /// A lease ran out while we worked.
    LostHold,
    /// It cannot be told which record the customer is.
    Ambiguous(Vec<RecordId>),
    /// Two customers became one in the shop, and each has a record.
    Merged {
        /// The record of the one who goes on.
        kept: RecordId,
        /// That of the other.
        lost: RecordId,
    },
    /// An order has a status that the manifest gives no deal stage.
    Unmapped(UnmappedStatus),
    /// Somebody wants to be forgotten.
    Erasure {
        /// The record that we wrote for them, where we did.
        record: Option<RecordId>,
    },
    /// Somebody wants to know what is held of them.
    DataRequest {
        /// The record that we wrote for them, where we did.
        record: Option<RecordId>,
    },
    /// The shop took the app away.
    ShopLeft,
    /// What is held of the shop's customers is to be erased.
    ShopErased,
    /// The app may read or write other things than before.
    ScopesChanged,
    /// The body was signed but cannot be read.
    Unreadable(Unreadable),
    /// The message is none of ours, or of a version that we do not know.
    Undecodable,
    /// A topic that this version does not act on.
    NotActedOn,
    /// A topic that nobody here has heard of.
    UnknownTopic,
    /// The worker itself fell over this event.
    Panicked,
    /// There is no time left in this invocation.
    OutOfTime,
}

/// What to do about a failure. Giving up is not among it: the queue does that by its receive count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// It may work later.
    Retry {
        /// How long to wait at least, where somebody told us.
        at_least: Option<Duration>,
    },
    /// No retry will mend it: a person has to.
    Park {
        /// What that person can do.
        advice: &'static str,
    },
}

use Disposition::{Park, Retry};

const SOON: Disposition = Retry { at_least: None };

/// Decides. `tries` is how often the message was received, this time included.
pub fn disposition(failure: &Failure, tries: u32) -> Disposition {
    match failure {
        Failure::Shop(error) => of_shop(error.kind(), tries),
        Failure::Crm(error) => of_crm(error.kind(), tries),
        Failure::Chat(error) => of_chat(error.kind(), tries),
        Failure::Store(error) => of_store(error.kind()),
        Failure::StaleRead | Failure::Held | Failure::LostHold | Failure::OutOfTime | Failure::Panicked => {
            SOON
        }
        Failure::Ambiguous(_) => Park {
            advice: "Merge the named records in the CRM, or correct the customer key on the right one, or take the address \
                     or number off the one that is somebody else, then replay.",
        },
        Failure::Merged { .. } => Park {
            advice: "Merge the second record into the first in the CRM; there is nothing to replay. The first already \
                     says what the shop says.",
        },
        Failure::Unmapped(_) => Park {
            advice: "Add the named status to [orders.stages] of the manifest, deploy it, then replay. The contact is right.",
        },
        Failure::Erasure { .. } => Park {
            advice: "Shopify asks that this person be erased within 30 days: delete the contact in the CRM (for good, \
                     in HubSpot by its GDPR delete), then discard this message, which may hold an address.",
        },
        Failure::DataRequest { .. } => Park {
            advice: "Send the store owner what the CRM holds of this person within 30 days, then discard this message, \
                     which may hold an address.",
        },
        Failure::ShopLeft => Park {
            advice: "The app was removed from the shop, so its token is dead: install it again and put the new token \
                     into the Shopify secret, or take the shop out of the secrets.",
        },
        Failure::ShopErased => Park {
            advice: "Shopify asks that the shop's customers be erased within 30 days: delete the contacts that carry the \
                     shop's keys in the CRM, and its rows in the table of records.",
        },
        Failure::ScopesChanged => Park {
            advice: "Check that the app still has read_customers and read_orders; there is nothing to replay.",
        },
        Failure::Unreadable(_) => Park {
            advice: "Check the format (JSON) and the API version of the subscription in Shopify. The nightly run \
                     brings what it spoke of; discard it after that.",
        },
        Failure::Undecodable => Park {
            advice: "The message was written by none of ours, or by a newer version: deploy that version, then replay.",
        },
        Failure::NotActedOn => {
            Park { advice: "Kept for a version that acts on this topic; deploy it, then replay." }
        }
        Failure::UnknownTopic => Park {
            advice: "Remove the subscription of this topic in Shopify, or deploy a version that knows it, then replay.",
        },
    }
}

fn of_shop(kind: &ShopErrorKind, tries: u32) -> Disposition {
    match kind {
        ShopErrorKind::RateLimited { retry_after } => Retry { at_least: Some(*retry_after) },
        // As with the CRM: a query that is not understood is nobody's record.
        ShopErrorKind::Unavailable | ShopErrorKind::Behind | ShopErrorKind::Misunderstood => SOON,
        ShopErrorKind::Unauthorized if tries < RENEWED_TRIES => SOON,
        ShopErrorKind::Unauthorized => Park {
            advice: "Check the app's token and scopes (read_customers, read_orders) in the Shopify secret, then replay.",
        },
        ShopErrorKind::MissingScope { .. } => {
            Park { advice: "Grant the app the named scope in the Shopify admin, then replay." }
        }
        ShopErrorKind::Refused { .. } => Park {
            advice: "Shopify will not make it as it is: correct the named field in the manifest, or free the code that \
                     somebody else's discount has, then replay.",
        },
        ShopErrorKind::ShopInactive => Park {
            advice: "The shop is closed or frozen, or the app was removed: reopen it, or remove the shop from the secrets.",
        },
        ShopErrorKind::Incomplete { .. } => Park {
            advice: "Shopify's API no longer gives this field, or the app may not see it: check its approvals for \
                     protected customer data and the API version, then replay. Nothing was overwritten.",
        },
        ShopErrorKind::NotConfigured => {
            Park { advice: "Add the shop's API credentials to the Shopify secret, then replay." }
        }
    }
}

/// How often refused credentials are tried again: they may have been renewed, and are read anew meanwhile.
const RENEWED_TRIES: u32 = 3;

/// How often a conflict is tried again: two customers that are made at the same moment settle by themselves.
const CONFLICT_TRIES: u32 = 3;

fn of_crm(kind: &CrmErrorKind, tries: u32) -> Disposition {
    match kind {
        CrmErrorKind::RateLimited { retry_after } => Retry { at_least: *retry_after },
        CrmErrorKind::QuotaUsedUp { retry_after } => {
            Retry { at_least: Some(retry_after.unwrap_or(Duration::from_hours(1))) }
        }
        // A request that is not understood is nobody's record: it is ours, or the set-up's. The messages wait for the
        // mend, and an alarm tells of those that waited too long; thousands of records are not parked as bad data.
        CrmErrorKind::Unavailable
        | CrmErrorKind::Unanswered
        | CrmErrorKind::Gone
        | CrmErrorKind::Misunderstood => SOON,
        CrmErrorKind::Conflict { .. } if tries < CONFLICT_TRIES => SOON,
        CrmErrorKind::Conflict { .. } => Park {
            advice: "Another record holds the address and may not be matched (it is not verified in Shopify, or the \
                     record belongs to another customer): merge or correct the named record, then replay.",
        },
        CrmErrorKind::Unauthorized if tries < RENEWED_TRIES => SOON,
        CrmErrorKind::Unauthorized => Park {
            advice: "The CRM refused the credentials: see infra/README.md, renew it in the CRM secret, check its scopes, \
                     then replay.",
        },
        CrmErrorKind::MissingField { .. } => Park {
            advice: "Create the named field in the CRM with `cargo xtask setup` (infra/README.md), or let its user see it, \
                     then replay.",
        },
        CrmErrorKind::Rejected { .. } => Park {
            advice: "Correct the value in Shopify, or the rule in the CRM that refuses it, then replay.",
        },
    }
}

/// What may have been posted is posted again, so it is a question of time as well.
fn of_chat(kind: &NotifyErrorKind, tries: u32) -> Disposition {
    match kind {
        NotifyErrorKind::RateLimited { retry_after } => Retry { at_least: *retry_after },
        NotifyErrorKind::Unavailable | NotifyErrorKind::Unanswered => SOON,
        NotifyErrorKind::Credentials if tries < RENEWED_TRIES => SOON,
        NotifyErrorKind::Credentials => Park {
            advice: "Make a new hook for the channel in the chat, put it into the chat's secret (infra/README.md), then \
                     replay.",
        },
        NotifyErrorKind::NoChannel { .. } => Park {
            advice: "Put the channel's hook under its name into the chat's secret (infra/README.md), or correct the name \
                     in the manifest, then replay.",
        },
        NotifyErrorKind::Refused => Park {
            advice: "The chat will not have this message: see its code, mend what it names, then replay.",
        },
    }
}

/// A store that is not set up right keeps its messages: everything waits until somebody mends it.
fn of_store(kind: StoreErrorKind) -> Disposition {
    match kind {
        StoreErrorKind::Unavailable | StoreErrorKind::Misconfigured => SOON,
        StoreErrorKind::Refused | StoreErrorKind::Unreadable => {
            Park { advice: "A row or message of ours does not fit its store: report it, then replay." }
        }
    }
}

impl Failure {
    /// The shop's answer holds this customer or order, but not in a shape that can be used.
    pub(crate) fn unreadable(error: &Arc<ShopError>) -> Self {
        match error.kind() {
            ShopErrorKind::Behind => Self::StaleRead,
            _ => Self::Shop(Arc::clone(error)),
        }
    }

    /// A stable code for logs, metrics and filters.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shop(error) => match error.kind() {
                ShopErrorKind::RateLimited { .. } => "shop_rate_limited",
                ShopErrorKind::Unavailable => "shop_unavailable",
                ShopErrorKind::Unauthorized => "shop_unauthorized",
                ShopErrorKind::MissingScope { .. } => "shop_scope_missing",
                ShopErrorKind::Refused { .. } => "shop_refused",
                ShopErrorKind::ShopInactive => "shop_inactive",
                ShopErrorKind::Incomplete { .. } => "shop_field_missing",
                ShopErrorKind::Behind => "shop_behind",
                ShopErrorKind::Misunderstood => "shop_misunderstood",
                ShopErrorKind::NotConfigured => "shop_not_configured",
            },
            Self::Crm(error) => match error.kind() {
                CrmErrorKind::RateLimited { .. } => "crm_rate_limited",
                CrmErrorKind::QuotaUsedUp { .. } => "crm_quota_used_up",
                CrmErrorKind::Unavailable => "crm_unavailable",
                CrmErrorKind::Unanswered => "crm_unanswered",
                CrmErrorKind::Unauthorized => "crm_unauthorized",
                CrmErrorKind::MissingField { .. } => "crm_field_missing",
                CrmErrorKind::Rejected { .. } => "crm_value_refused",
                CrmErrorKind::Conflict { .. } => "crm_conflict",
                CrmErrorKind::Gone => "crm_record_gone",
                CrmErrorKind::Misunderstood => "crm_misunderstood",
            },
            Self::Chat(error) => match error.kind() {
                NotifyErrorKind::RateLimited { .. } => "chat_rate_limited",
                NotifyErrorKind::Unavailable => "chat_unavailable",
                NotifyErrorKind::Unanswered => "chat_unanswered",
                NotifyErrorKind::Credentials => "chat_unauthorized",
                NotifyErrorKind::NoChannel { .. } => "chat_no_channel",
                NotifyErrorKind::Refused => "chat_refused",
            },
            Self::Store(_) => "store_failed",
            Self::StaleRead => "stale_read",
            Self::Held => "held_by_another",
            Self::LostHold => "lost_hold",
            Self::Ambiguous(_) => "ambiguous_identity",
            Self::Merged { .. } => "merged_in_shop",
            Self::Unmapped(_) => "order_status_unmapped",
            Self::Erasure { .. } => "erasure_requested",
            Self::DataRequest { .. } => "data_requested",
            Self::ShopLeft => "app_uninstalled",
            Self::ShopErased => "shop_erasure_requested",
            Self::ScopesChanged => "scopes_changed",
            Self::Unreadable(_) => "unreadable_body",
            Self::Undecodable => "undecodable_message",
            Self::NotActedOn => "topic_not_acted_on",
            Self::UnknownTopic => "unknown_topic",
            Self::Panicked => "worker_panicked",
            Self::OutOfTime => "out_of_time",
        }
    }
}

fn held(record: Option<&RecordId>) -> String {
    record.map_or_else(
        || "no record of theirs is known here, but the CRM may have one".to_owned(),
        |record| format!("their record is {record}"),
    )
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shop(error) => error.fmt(f),
            Self::Crm(error) => error.fmt(f),
            Self::Chat(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::StaleRead => f.write_str("the shop's answer is older than the event"),
            Self::Held => f.write_str("another worker has this customer"),
            Self::LostHold => f.write_str("the hold ran out while it was worked on"),
            Self::Ambiguous(records) => {
                let names: Vec<_> = records.iter().map(RecordId::as_str).collect();
                write!(f, "it cannot be told which record this customer is: {}", names.join(", "))
            }
            Self::Merged { kept, lost } => {
                write!(f, "two customers became one, but each has a record: {kept} (goes on) and {lost}")
            }
            Self::Unmapped(status) => status.fmt(f),
            Self::Erasure { record } => {
                write!(f, "somebody wants to be forgotten; {}", held(record.as_ref()))
            }
            Self::DataRequest { record } => {
                write!(f, "somebody wants to know what is held of them; {}", held(record.as_ref()))
            }
            Self::ShopLeft => f.write_str("the app was removed from the shop"),
            Self::ShopErased => f.write_str("the shop's customers are to be erased"),
            Self::ScopesChanged => f.write_str("the app's scopes changed"),
            Self::Unreadable(why) => f.write_str(why.words()),
            Self::Undecodable => f.write_str("the message is neither an event nor an action that we know"),
            Self::NotActedOn => f.write_str("this version does not act on the topic"),
            Self::UnknownTopic => f.write_str("the topic is not known"),
            Self::Panicked => f.write_str("the worker fell over this event"),
            Self::OutOfTime => f.write_str("no time was left in this invocation"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Shop(error) => error.source(),
            Self::Crm(error) => error.source(),
            Self::Chat(error) => error.source(),
            Self::Store(error) => error.source(),
            _ => None,
        }
    }
}

impl From<ShopError> for Failure {
    fn from(error: ShopError) -> Self {
        Self::Shop(Arc::new(error))
    }
}

impl From<CrmError> for Failure {
    fn from(error: CrmError) -> Self {
        Self::Crm(Arc::new(error))
    }
}

impl From<NotifyError> for Failure {
    fn from(error: NotifyError) -> Self {
        Self::Chat(Arc::new(error))
    }
}

impl From<UnmappedStatus> for Failure {
    fn from(status: UnmappedStatus) -> Self {
        Self::Unmapped(status)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crm(kind: CrmErrorKind) -> Failure {
        CrmError::new(kind, "x").into()
    }

    fn parks(failure: &Failure, tries: u32) -> bool {
        matches!(disposition(failure, tries), Park { .. })
    }

    #[test]
    fn s_199_to_s_201_permanent_failures_never_burn_retries() {
        let permanent = [
            crm(CrmErrorKind::Rejected { field: None }),
            crm(CrmErrorKind::MissingField { name: "total_spent".into() }),
            ShopError::new(ShopErrorKind::MissingScope { scope: "write_discounts" }, "x").into(),
            ShopError::new(ShopErrorKind::Refused { field: "code".into() }, "x").into(),
            Failure::Ambiguous(vec![RecordId::new("1")]),
            Failure::Unreadable(Unreadable::NotJson),
            Failure::Undecodable,
            Failure::UnknownTopic,
            Failure::NotActedOn,
            Failure::Merged { kept: RecordId::new("1"), lost: RecordId::new("2") },
            Failure::Unmapped(UnmappedStatus { financial: "new".into(), fulfilment: "open".into() }),
            Failure::Erasure { record: None },
            Failure::DataRequest { record: Some(RecordId::new("1")) },
            Failure::ShopLeft,
            Failure::ShopErased,
            Failure::ScopesChanged,
        ];
        for failure in permanent {
            assert!(parks(&failure, 1), "{failure}");
        }
    }

    #[test]
    fn s_019_and_s_165_transient_failures_are_retried_as_long_as_asked() {
        let wait = Some(Duration::from_secs(10));
        let table = [
            (crm(CrmErrorKind::RateLimited { retry_after: wait }), wait),
            (crm(CrmErrorKind::QuotaUsedUp { retry_after: None }), Some(Duration::from_hours(1))),
            (crm(CrmErrorKind::Unavailable), None),
            (crm(CrmErrorKind::Unanswered), None),
            (crm(CrmErrorKind::Misunderstood), None),
            (Failure::Panicked, None),
        ];
        for (failure, at_least) in table {
            assert_eq!(disposition(&failure, 9), Retry { at_least }, "{failure}");
        }
    }

    #[test]
    fn f_11_what_a_chat_refuses_waits_for_a_person_and_all_else_of_it_for_a_better_time() {
        let chat = |kind: NotifyErrorKind| Failure::from(NotifyError::new(kind, "x"));
        let wait = Some(Duration::from_secs(30));
        let table = [
            (chat(NotifyErrorKind::RateLimited { retry_after: wait }), wait),
            (chat(NotifyErrorKind::Unavailable), None),
            (chat(NotifyErrorKind::Unanswered), None),
        ];
        for (failure, at_least) in table {
            assert_eq!(disposition(&failure, 9), Retry { at_least }, "{failure}");
        }
        assert!(parks(&chat(NotifyErrorKind::Refused), 1));
        assert!(parks(&chat(NotifyErrorKind::NoChannel { known: vec![] }), 1));
        let revoked = chat(NotifyErrorKind::Credentials);
        assert!(!parks(&revoked, 2) && parks(&revoked, 3));
    }

    #[test]
    fn a_scope_that_is_missing_is_named_to_a_person_at_once() {
        let kind = ShopErrorKind::MissingScope { scope: "write_discounts" };
        let missing = Failure::from(ShopError::new(kind, "ACCESS_DENIED"));
        assert!(parks(&missing, 1) && missing.to_string().contains("write_discounts"));
    }

    #[test]
    fn renewed_credentials_are_waited_for_before_anything_is_parked() {
        let refused = crm(CrmErrorKind::Unauthorized);
        assert!(!parks(&refused, 1) && !parks(&refused, 2) && parks(&refused, 3));
    }

    #[test]
    fn a_conflict_settles_by_itself_or_is_a_question_for_a_person() {
        let conflict = crm(CrmErrorKind::Conflict { existing: Some(RecordId::new("7")) });
        assert!(!parks(&conflict, 1) && !parks(&conflict, 2) && parks(&conflict, 3));
        assert!(conflict.to_string().contains("record 7"));
    }
}
