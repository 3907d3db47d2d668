//! In which objects a CRM keeps people and orders, where it has several for them.

/// How people are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeopleAs {
    /// A contact each, under a company's account where there is one.
    #[default]
    Contacts,
    /// An account each, which is a person.
    PersonAccounts,
}

/// How orders are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrdersAs {
    /// An opportunity each.
    #[default]
    Opportunities,
    /// An order each.
    Orders,
}

/// In how many currencies the CRM counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Currencies {
    /// In its own only.
    #[default]
    One,
    /// Each amount may have another.
    Several,
}

/// What the manifest chooses for a CRM that leaves these choices. Others take no notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// How people are kept.
    pub people: PeopleAs,
    /// How orders are kept.
    pub orders: OrdersAs,
    /// In how many currencies it counts.
    pub currencies: Currencies,
}
