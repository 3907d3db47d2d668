//! What is asked for, so that the file has what is read.

/// How many refunds of an order [`DOCUMENT`] asks for. It is a list and not a connection, so this number counts; bulk
/// operations ignore `first` of connections only (shopify.dev/docs/api/usage/bulk-operations/queries).
pub(crate) const REFUNDS: u64 = 100;

/// The document of the bulk operation, for `bulkOperationRunQuery(query:, groupObjects: true)`. More may be asked for in
/// the same operation: what is not needed here is passed over.
pub const DOCUMENT: &str = "{ customers { edges { node { id updatedAt numberOfOrders amountSpent { amount currencyCode } \
     orders { edges { node { id name updatedAt processedAt test netPaymentSet { shopMoney { amount currencyCode } } \
     refunds(first: 100) { totalRefundedSet { shopMoney { amount currencyCode } } } } } } } } } }";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_160_the_document_asks_for_as_many_refunds_as_are_held_to_be_full() {
        assert!(DOCUMENT.contains(&format!("refunds(first: {REFUNDS})")));
    }
}
