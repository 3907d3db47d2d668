//! The object types of the portal: their path segment, type id, and what a new record needs.

/// An object type of the CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Contact,
    Company,
    Deal,
    Note,
    Task,
    Order,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Contact, Self::Company, Self::Deal, Self::Note, Self::Task, Self::Order];

    /// The plural name in the path, e.g. `contacts`.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Contact => "contacts",
            Self::Company => "companies",
            Self::Deal => "deals",
            Self::Note => "notes",
            Self::Task => "tasks",
            Self::Order => "orders",
        }
    }

    /// The object type id, e.g. `0-1`.
    pub(crate) const fn type_id(self) -> &'static str {
        match self {
            Self::Contact => "0-1",
            Self::Company => "0-2",
            Self::Deal => "0-3",
            Self::Note => "0-46",
            Self::Task => "0-27",
            Self::Order => "0-123",
        }
    }

    /// The singular in capitals, as error messages have it.
    pub(crate) const fn shout(self) -> &'static str {
        match self {
            Self::Contact => "CONTACT",
            Self::Company => "COMPANY",
            Self::Deal => "DEAL",
            Self::Note => "NOTE",
            Self::Task => "TASK",
            Self::Order => "ORDER",
        }
    }

    /// From a path segment: the plural, the singular `order` (both appear in HubSpot's pages) or the type id.
    pub(crate) fn of_segment(segment: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.plural() == segment || kind.type_id() == segment)
            .or_else(|| (segment == "order").then_some(Self::Order))
    }

    pub(crate) const fn created_property(self) -> &'static str {
        match self {
            Self::Contact | Self::Company | Self::Deal => "createdate",
            _ => "hs_createdate",
        }
    }

    /// Contacts have a name of their own for it.
    pub(crate) const fn modified_property(self) -> &'static str {
        match self {
            Self::Contact => "lastmodifieddate",
            _ => "hs_lastmodifieddate",
        }
    }

    /// A new record needs all of the first list and one of the second (when there is one).
    pub(crate) const fn needs(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Contact => (&[], &["email", "firstname", "lastname"]),
            Self::Company => (&[], &["name", "domain"]),
            Self::Deal => (&["dealname", "dealstage"], &[]),
            Self::Note | Self::Task => (&["hs_timestamp"], &[]),
            Self::Order => (&["hs_order_name"], &[]),
        }
    }

    /// Shown by a read that names no properties.
    pub(crate) const fn shown_by_default(self) -> &'static [&'static str] {
        match self {
            Self::Contact => &["email", "firstname", "lastname"],
            Self::Company => &["name", "domain"],
            Self::Deal => &["dealname", "dealstage", "amount", "pipeline", "closedate"],
            Self::Note | Self::Task | Self::Order => &[],
        }
    }

    /// A PATCH of notes and tasks drops what it does not know without a word; the others refuse it.
    pub(crate) const fn ignores_unknown_on_update(self) -> bool {
        matches!(self, Self::Note | Self::Task)
    }
}
