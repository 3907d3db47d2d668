//! Our fields in Salesforce's words.

use std::borrow::Cow;

use domain::{Field, MetafieldName, PeopleAs, SignalName};

/// The External ID, unique, by which a record is a shop's customer.
pub(crate) const KEY: &str = "Shopify_Customer_ID__c";

/// What stands where Salesforce wants a family name and the shop has none. As long as the family name is this, there is
/// none; what a person typed over it is one.
pub(crate) const STAND_IN: &str = "Shopify_Name_Stand_In__c";

/// The words for people in an org: they depend on the object that people are.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    people: PeopleAs,
    metafields: Vec<MetafieldName>,
    signals: Vec<SignalName>,
}

impl Words {
    pub(crate) fn new(people: PeopleAs, metafields: impl IntoIterator<Item = MetafieldName>) -> Self {
        Self { people, metafields: metafields.into_iter().collect(), signals: Vec::new() }
    }

    /// The same for people who are another object.
    pub(crate) fn of_people(self, people: PeopleAs) -> Self {
        Self { people, ..self }
    }

    /// The same with these metafields.
    pub(crate) fn with_metafields(self, metafields: impl IntoIterator<Item = MetafieldName>) -> Self {
        Self { metafields: metafields.into_iter().collect(), ..self }
    }

    /// The same with these signals that have a value of their own.
    pub(crate) fn with_signals(self, signals: impl IntoIterator<Item = SignalName>) -> Self {
        Self { signals: signals.into_iter().collect(), ..self }
    }

    /// Whether people are accounts. Such an account has the contact's fields beside its own, under other names.
    pub(crate) fn are_accounts(&self) -> bool {
        self.people == PeopleAs::PersonAccounts
    }

    fn of<'a>(&self, contact: &'a str, account: &'a str) -> &'a str {
        if self.are_accounts() { account } else { contact }
    }

    /// The object that people are.
    pub(crate) fn object(&self) -> &'static str {
        self.of("Contact", "Account")
    }

    /// What else a question about people asks, beside its own condition.
    pub(crate) fn only_people(&self) -> &'static str {
        self.of("", "IsPersonAccount = TRUE AND ")
    }

    /// The postal code. We read it to tell namesakes apart and never write it.
    pub(crate) fn postal_code(&self) -> &'static str {
        self.of("MailingPostalCode", "PersonMailingPostalCode")
    }

    /// The other field in which people have a number. We look at it and never write it.
    pub(crate) fn mobile(&self) -> &'static str {
        self.of("MobilePhone", "PersonMobilePhone")
    }

    /// The name of a field.
    pub(crate) fn name(&self, field: Field) -> Cow<'static, str> {
        let name = match field {
            Field::CustomerKey => KEY,
            Field::FirstName => "FirstName",
            Field::LastName => "LastName",
            Field::Email => self.of("Email", "PersonEmail"),
            Field::Phone => "Phone",
            Field::LeadSource => self.of("LeadSource", "PersonLeadSource"),
            Field::TotalSpent => "Shopify_Total_Spent__c",
            Field::OrdersCount => "Shopify_Orders_Count__c",
            Field::AverageOrderValue => "Shopify_Average_Order_Value__c",
            Field::Currency => "Shopify_Currency__c",
            Field::Tags => "Shopify_Tags__c",
            Field::CustomerSince => "Shopify_Customer_Since__c",
            Field::LastOrderId => "Shopify_Last_Order_ID__c",
            Field::LastOrderName => "Shopify_Last_Order_Name__c",
            Field::LastOrderAt => "Shopify_Last_Order_At__c",
            Field::RefundCount => "Shopify_Refund_Count__c",
            Field::RefundedAmount => "Shopify_Refunded_Amount__c",
            Field::Companies => "Shopify_Companies__c",
            Field::LifecycleStage => "Shopify_Lifecycle_Stage__c",
            Field::EmailConsent => "Shopify_Email_Consent__c",
            Field::SmsConsent => "Shopify_SMS_Consent__c",
            Field::Signals => "Shopify_Signals__c",
            Field::Segments => "Shopify_Segments__c",
            Field::Score => "Shopify_Score__c",
            Field::Invitation => "Shopify_Invitation__c",
            Field::DiscountCode => "Shopify_Discount_Code__c",
            Field::Metafield(name) => return Cow::Owned(format!("{name}__c")),
            Field::Signal(name) => return Cow::Owned(format!("{}__c", name.field_name())),
        };
        Cow::Borrowed(name)
    }

    /// What the set-up makes: ours, and what signals say that have a value of their own.
    pub(crate) fn made(&self) -> impl Iterator<Item = Field> + '_ {
        Field::ALL.into_iter().chain(self.signals.iter().copied().map(Field::Signal))
    }

    /// Every field that is kept true in this org.
    pub(crate) fn all(&self) -> impl Iterator<Item = Field> + '_ {
        self.made().chain(self.metafields.iter().copied().map(Field::Metafield))
    }

    /// The field of a name, in whatever case it is written; none for what is neither ours nor of a metafield of ours.
    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        self.all().find(|field| self.name(*field).eq_ignore_ascii_case(name))
    }

    /// Everything that a record is read by, with commas between.
    pub(crate) fn read(&self) -> String {
        let names = self.all().map(|field| self.name(field));
        let further = [STAND_IN, self.mobile(), self.postal_code()].map(Cow::Borrowed);
        let all: Vec<_> = std::iter::once(Cow::Borrowed("Id")).chain(names).chain(further).collect();
        all.join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_in_either_object() {
        for people in [PeopleAs::Contacts, PeopleAs::PersonAccounts] {
            let words = Words::new(people, []);
            for field in Field::ALL {
                assert_eq!(words.field(&words.name(field)), Some(field));
                assert_eq!(words.field(&words.name(field).to_lowercase()), Some(field));
            }
            assert_eq!(words.field("OwnerId"), None);
            assert!(!words.read().contains("Owner"));
        }
    }

    #[test]
    fn s_214_a_metafields_field_is_its_name_with_the_end_of_all_custom_fields() {
        let tier = MetafieldName::parse("loyalty_tier").unwrap();
        let words = Words::new(PeopleAs::Contacts, [tier]);
        assert_eq!(words.field("Loyalty_Tier__c"), Some(Field::Metafield(tier)));
        assert!(words.read().contains(",loyalty_tier__c,"));
        assert_eq!(Words::new(PeopleAs::Contacts, []).field("loyalty_tier__c"), None);
    }

    #[test]
    fn s_024_a_signals_field_is_named_for_it_and_is_asked_for() {
        let tier = SignalName::parse("pricing_tier").unwrap();
        let words = Words::new(PeopleAs::Contacts, []).with_signals([tier]);
        assert_eq!(words.field("signal_pricing_tier__c"), Some(Field::Signal(tier)));
        assert!(words.read().contains(",signal_pricing_tier__c,"));
        assert_eq!(words.field("pricing_tier__c"), None);
    }
}
