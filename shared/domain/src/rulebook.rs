//! The rules of all shops.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Layout, MetafieldName, Rules, ShopDomain, SignalName};

/// The rules of all shops: the usual ones, and those of a shop that has its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rulebook {
    /// Of every shop that has none of its own.
    pub usual: Rules,
    /// Of the others.
    pub shops: BTreeMap<ShopDomain, Rules>,
    /// In which objects the CRM keeps what all shops write to it.
    pub layout: Layout,
}

impl Rulebook {
    /// The rules of a shop.
    pub fn of(&self, shop: &ShopDomain) -> &Rules {
        self.shops.get(shop).unwrap_or(&self.usual)
    }

    /// The merchant's own fields that are written for any shop, by the names under which the CRM knows them.
    pub fn written_metafields(&self) -> BTreeSet<MetafieldName> {
        let all = std::iter::once(&self.usual).chain(self.shops.values());
        all.flat_map(Rules::written_metafields).map(|(_, name)| name).collect()
    }

    /// The signals of any shop that have a field of their own.
    pub fn valued_signals(&self) -> BTreeSet<SignalName> {
        let all = std::iter::once(&self.usual).chain(self.shops.values());
        all.flat_map(Rules::valued_signals).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_has_its_own_rules_or_the_usual_ones() {
        let (east, west) = ("east.myshopify.com", "west.myshopify.com");
        let shop = |text| ShopDomain::parse(text).unwrap();
        let own = Rules { lead_source: "East".into(), ..Rules::default() };
        let book =
            Rulebook { usual: Rules::default(), shops: [(shop(east), own)].into(), ..Rulebook::default() };
        assert_eq!(book.of(&shop(east)).lead_source, "East");
        assert_eq!(book.of(&shop(west)).lead_source, "Shopify");
    }
}
