//! The signals of all shops.

use std::collections::BTreeMap;

use domain::{Rulebook, ShopDomain};

use crate::signals::{Faulty, Signals};

/// The signals of all shops: the usual ones, and those of a shop that has rules of its own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SignalBook {
    usual: Signals,
    shops: BTreeMap<ShopDomain, Signals>,
}

impl SignalBook {
    /// Makes the rules of all shops ready; or tells the first expression that cannot be used.
    pub fn of(rules: &Rulebook) -> Result<Self, Faulty> {
        let own = rules.shops.iter().map(|(shop, rules)| Ok((shop.clone(), Signals::of(rules)?)));
        Ok(Self { usual: Signals::of(&rules.usual)?, shops: own.collect::<Result<_, _>>()? })
    }

    /// Those of a shop.
    pub fn of_shop(&self, shop: &ShopDomain) -> &Signals {
        self.shops.get(shop).unwrap_or(&self.usual)
    }
}
