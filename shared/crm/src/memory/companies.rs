//! Companies and their buyers.

use domain::Company;

use super::beside::Entry;
use super::{MemoryCrm, State};
use crate::conformance::HeldCompany;
use crate::{CompanyOutcome, CompanyWrite, CrmError};

impl MemoryCrm {
    /// All companies, by key.
    pub fn companies(&self) -> Vec<HeldCompany> {
        let held = |entry: &Entry<Company>| HeldCompany {
            key: entry.said.key.clone(),
            name: entry.said.name.clone(),
            contacts: entry.whose(),
        };
        self.state().beside.companies.values().map(held).collect()
    }
}

impl State {
    /// The company is written and those who are there are tied, also where a buyer is gone.
    pub(super) fn write_company(
        &mut self,
        CompanyWrite { company, contacts }: &CompanyWrite,
    ) -> CompanyOutcome {
        let (there, gone): (Vec<_>, Vec<_>) =
            contacts.iter().map(|id| self.contact(id)).partition(Result::is_ok);
        let known = self.beside.companies.remove(&company.key);
        let created = known.is_none();
        let mut entry = known.unwrap_or_else(|| self.beside.made(company.clone(), []));
        entry.said = company.clone();
        entry.contacts.extend(there.into_iter().flatten());
        let written = entry.written(created);
        self.beside.companies.insert(company.key.clone(), entry);
        gone.into_iter().collect::<Result<Vec<_>, CrmError>>().map(|_| written)
    }
}
