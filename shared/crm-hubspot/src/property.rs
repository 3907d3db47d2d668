//! Our fields in HubSpot's words.

use domain::{Field, MetafieldName, SignalName};

/// The unique property by which a contact is a shop's customer.
pub(crate) const KEY: &str = "shopify_customer_id";

/// The property HubSpot keeps further addresses in, separated by `;`. We read it and never write it.
pub(crate) const FURTHER_EMAILS: &str = "hs_additional_emails";

/// The property HubSpot keeps the searchable form of `phone` in: digits, without the country code
/// (developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm).
pub(crate) const SEARCHABLE_PHONE: &str = "hs_searchable_calculated_phone_number";

/// The postal code. We read it to tell namesakes apart and never write it.
pub(crate) const POSTAL_CODE: &str = "zip";

/// The property of a field.
pub(crate) fn name(field: Field) -> &'static str {
    match field {
        Field::CustomerKey => KEY,
        Field::FirstName => "firstname",
        Field::LastName => "lastname",
        Field::Email => "email",
        Field::Phone => "phone",
        Field::LeadSource => "lead_source",
        Field::TotalSpent => "total_spent",
        Field::OrdersCount => "orders_count",
        Field::AverageOrderValue => "average_order_value",
        Field::Currency => "shopify_currency",
        Field::Tags => "shopify_customer_tags",
        Field::CustomerSince => "shopify_created_at",
        Field::LastOrderId => "last_order_id",
        Field::LastOrderName => "last_order_name",
        Field::LastOrderAt => "last_order_at",
        Field::RefundCount => "refund_count",
        Field::RefundedAmount => "refunded_amount",
        Field::Companies => "shopify_companies",
        // HubSpot's own. It goes forward only there too: a write that would go back is passed over in silence.
        Field::LifecycleStage => "lifecyclestage",
        Field::EmailConsent => "email_marketing_consent",
        Field::SmsConsent => "sms_marketing_consent",
        Field::Signals => "shopify_signals",
        Field::Segments => "shopify_segments",
        Field::Score => "shopify_score",
        Field::Invitation => "shopify_invitation",
        Field::DiscountCode => "shopify_discount_code",
        // The set-up made it, as ours.
        Field::Signal(name) => name.field_name(),
        // The merchant defined it, under the very name that the manifest has.
        Field::Metafield(name) => name.as_str(),
    }
}

/// All fields: ours, and the metafields that this account is kept true to.
fn all(metafields: &[MetafieldName]) -> impl Iterator<Item = Field> {
    Field::ALL.into_iter().chain(metafields.iter().copied().map(Field::Metafield))
}

/// The field of a property; none for a property that is neither ours nor one of `metafields`. What begins as the fields
/// of signals do is always one of those.
pub(crate) fn field(property: &str, metafields: &[MetafieldName]) -> Option<Field> {
    let signal = || SignalName::of_field(property).map(Field::Signal);
    all(metafields).find(|field| name(*field) == property).or_else(signal)
}

/// What every read asks for.
pub(crate) fn read(metafields: &[MetafieldName], signals: &[SignalName]) -> Vec<&'static str> {
    let signals = signals.iter().map(|signal| signal.field_name());
    all(metafields).map(name).chain(signals).chain([FURTHER_EMAILS]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_property_of_its_own() {
        for each in Field::ALL {
            assert_eq!(field(name(each), &[]), Some(each));
        }
        assert_eq!(field("hubspot_owner_id", &[]), None);
    }

    #[test]
    fn s_024_a_signals_property_is_named_for_it_and_is_asked_for() {
        let tier = SignalName::parse("pricing_tier").unwrap();
        assert_eq!(field("signal_pricing_tier", &[]), Some(Field::Signal(tier)));
        assert_eq!(field("pricing_tier", &[]), None);
        assert!(read(&[], &[tier]).contains(&"signal_pricing_tier"));
    }

    #[test]
    fn s_214_a_metafields_property_is_its_name_and_never_one_of_ours_or_hubspots() {
        let tier = MetafieldName::parse("loyalty_tier").unwrap();
        assert_eq!(field("loyalty_tier", &[tier]), Some(Field::Metafield(tier)));
        assert_eq!(field("loyalty_tier", &[]), None, "what is not in the manifest is not ours");
        assert!(read(&[tier], &[]).contains(&"loyalty_tier"));
        let theirs = [FURTHER_EMAILS, SEARCHABLE_PHONE, "hubspot_owner_id", "hs_lead_status"];
        for taken in Field::ALL.into_iter().map(name).chain(theirs) {
            assert!(MetafieldName::parse(taken).is_err(), "{taken}");
        }
    }
}
