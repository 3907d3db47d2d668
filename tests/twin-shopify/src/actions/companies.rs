//! Companies come, change, get buyers, and go.

use jiff::Timestamp;

use crate::{body::company, clock::whole_seconds, company::Company, error::TwinError, shop::Shop};

impl Shop {
    /// Raises companies/create.
    pub(crate) fn create_company(&mut self, name: &str, now: Timestamp) -> u64 {
        let (id, now) = (self.new_id(), whole_seconds(now));
        let made = Company { id, name: name.to_owned(), created_at: now, updated_at: now };
        let occasion = self.occasion(now);
        self.raise(&occasion, "companies/create", |shop| company::full(shop, &made));
        self.companies.insert(id, made);
        id
    }

    /// Raises companies/update.
    pub(crate) fn rename_company(&mut self, id: u64, name: &str, now: Timestamp) -> Result<(), TwinError> {
        let mut held = self.known_company(id)?;
        (held.name, held.updated_at) = (name.to_owned(), whole_seconds(now));
        let occasion = self.occasion(now);
        self.raise(&occasion, "companies/update", |shop| company::full(shop, &held));
        self.companies.insert(id, held);
        Ok(())
    }

    /// Raises companies/delete. Nobody buys for it any more.
    pub(crate) fn delete_company(&mut self, id: u64, now: Timestamp) -> Result<(), TwinError> {
        let held = self.known_company(id)?;
        let occasion = self.occasion(now);
        self.raise(&occasion, "companies/delete", |shop| company::full(shop, &held));
        self.companies.remove(&id);
        let buyers: Vec<_> = self
            .customers
            .values()
            .filter(|one| one.companies.contains(&id))
            .map(|one| (**one).clone())
            .collect();
        for mut buyer in buyers {
            buyer.companies.retain(|company| *company != id);
            self.put_customer(buyer);
        }
        Ok(())
    }

    /// A customer buys for a company from now on. Raises `company_contacts/create`; the customer's version stays as it is.
    pub(crate) fn buys_for(&mut self, customer: u64, company: u64, now: Timestamp) -> Result<(), TwinError> {
        let held = self.known_company(company)?;
        let mut buyer = self.known_customer(customer)?;
        if buyer.companies.contains(&company) {
            return Err(TwinError::conflict(format!(
                "customer {customer} buys for company {company} already"
            )));
        }
        buyer.companies.push(company);
        let contact = self.new_id();
        let occasion = self.occasion(now);
        self.raise(&occasion, "company_contacts/create", |shop| {
            company::contact(shop, contact, customer, &held, now)
        });
        self.put_customer(buyer);
        Ok(())
    }

    fn known_company(&self, id: u64) -> Result<Company, TwinError> {
        self.companies.get(&id).cloned().ok_or_else(|| {
            TwinError::not_found(format!("company {id} is not in {}; create it first", self.domain))
        })
    }
}
