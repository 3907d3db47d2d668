//! All names of fields that we ask for or write, of whatever object.

use crate::property::{STAND_IN, Words};

/// The External ID, unique, by which a deal is a shop's order.
pub(crate) const ORDER: &str = "Shopify_Order_ID__c";

/// In which currency the amounts of a record are.
pub(crate) const CURRENCY: &str = "Shopify_Currency__c";

/// When a deal was closed, to the moment; Salesforce's own has the day.
pub(crate) const CLOSED_AT: &str = "Shopify_Closed_At__c";

/// Until when a task is to be done, to the moment; Salesforce's own has the day.
pub(crate) const DUE_AT: &str = "Shopify_Due_At__c";

/// What an order is worth; an opportunity has a field of Salesforce's for it.
pub(crate) const TOTAL: &str = "Shopify_Total__c";

/// By which a task is a shop's refund, and so a note.
pub(crate) const REFUND: &str = "Shopify_Refund_ID__c";

/// By which a task is something that a rep should do.
pub(crate) const ACTION: &str = "Shopify_Action_Key__c";

/// The External ID, unique, by which an account is a shop's company.
pub(crate) const COMPANY: &str = "Shopify_Company_ID__c";

/// Salesforce's own that we use beside those of people.
const THEIRS: [&str; 20] = [
    "AccountId",
    "ActivityDate",
    "Amount",
    "BillToContactId",
    "CloseDate",
    "CurrencyIsoCode",
    "Description",
    "EffectiveDate",
    "IsPersonAccount",
    "MasterRecordId",
    "MobilePhone",
    "Name",
    "PersonContactId",
    "PersonMobilePhone",
    "Priority",
    "StageName",
    "Status",
    "Subject",
    "WhatId",
    "WhoId",
];

/// The name as we write it, where it is one of these.
pub(crate) fn name(text: &str, words: &Words) -> Option<String> {
    let of_people = words.field(text).map(|field| words.name(field).into_owned());
    let others = [ORDER, CURRENCY, CLOSED_AT, DUE_AT, TOTAL, REFUND, ACTION, COMPANY, STAND_IN]
        .into_iter()
        .chain(THEIRS);
    of_people.or_else(|| others.into_iter().find(|name| name.eq_ignore_ascii_case(text)).map(str::to_owned))
}
