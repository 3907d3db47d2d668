//! What is asked for of a customer beside what every contact is made from, by the shop's rules.

use std::borrow::Cow;

use domain::{Field, MetafieldKey, Rules, ShopDomain};

use super::{company, metafield};

/// Whose customers are read, and what of them.
pub(super) struct Asked<'a> {
    pub(super) shop: &'a ShopDomain,
    /// In the order in which they are asked for.
    pub(super) metafields: Vec<&'a MetafieldKey>,
    /// Whether the companies that they buy for are asked for.
    pub(super) companies: bool,
}

impl<'a> Asked<'a> {
    /// What these rules write.
    pub(super) fn by(shop: &'a ShopDomain, rules: &'a Rules) -> Self {
        let metafields = rules.written_metafields().map(|(key, _)| key).collect();
        Self { shop, metafields, companies: rules.writes(Field::Companies) }
    }

    /// What a customer costs (shopify.dev/docs/api/usage/limits): an object one point, each object in it one. A metafield
    /// is an object.
    pub(super) fn points(&self) -> usize {
        customer_points(self.metafields.len(), self.companies)
    }

    /// A document of ours in which each customer has all of it.
    pub(super) fn document(&self, document: &'static str) -> Cow<'static, str> {
        const FRAGMENT: &str = "fragment CustomerFields on Customer { ";
        let companies = if self.companies { company::SELECTION } else { "" };
        let selection = format!("{}{companies}", metafield::selection(&self.metafields));
        match document.split_once(FRAGMENT) {
            Some((before, after)) if !selection.is_empty() => {
                Cow::Owned(format!("{before}{FRAGMENT}{selection}{after}"))
            }
            _ => Cow::Borrowed(document),
        }
    }
}

/// What a customer costs with so many metafields, with or without their companies.
pub(super) const fn customer_points(metafields: usize, companies: bool) -> usize {
    7 + metafields + if companies { company::POINTS } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::query::{CUSTOMERS, TRUTH};
    use super::*;

    #[test]
    fn s_030_and_s_214_a_document_has_what_is_asked_for_in_it_and_nothing_else() {
        let (shop, key) =
            (ShopDomain::parse("demo.myshopify.com").unwrap(), MetafieldKey::parse("custom.tier").unwrap());
        let tier = "metafield0: metafield(namespace: \"custom\", key: \"tier\") { type value } ";
        let table = [
            (vec![], false, String::new(), 7),
            (vec![&key], false, tier.to_owned(), 8),
            (vec![], true, company::SELECTION.to_owned(), 9),
            (vec![&key], true, format!("{tier}{}", company::SELECTION), 10),
        ];
        for (metafields, companies, selection, points) in table {
            let asked = Asked { shop: &shop, metafields, companies };
            assert_eq!(asked.points(), points, "{selection}");
            for document in [TRUTH, CUSTOMERS] {
                let with = asked.document(document);
                assert!(with.contains(&format!("on Customer {{ {selection}id ")), "{with}");
                assert_eq!(with.replacen(&selection, "", 1), document);
            }
        }
    }
}
