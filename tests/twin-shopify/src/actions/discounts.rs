//! A discount is made. No webhook of ours tells of it.

use jiff::Timestamp;

use crate::{clock::whole_seconds, discount::Discount, shop::Shop};

impl Shop {
    /// Puts a discount in that was checked before.
    pub(crate) fn create_discount(&mut self, wanted: Discount, now: Timestamp) -> u64 {
        self.begin();
        let id = self.new_id();
        self.before.discounts.insert(id);
        self.discounts.insert(id, Discount { id, created_at: whole_seconds(now), ..wanted });
        id
    }
}
