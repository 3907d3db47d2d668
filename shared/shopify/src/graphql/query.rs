//! The documents that we send. They validate against API 2026-10, without deprecated fields.

/// All that a contact is made from.
macro_rules! customer_fields {
    () => {
        "fragment CustomerFields on Customer { id createdAt updatedAt firstName lastName verifiedEmail tags \
         numberOfOrders amountSpent { amount currencyCode } lastOrder { id name processedAt } \
         defaultEmailAddress { emailAddress marketingState } \
         defaultPhoneNumber { phoneNumber smsMarketingConsent { state } } \
         defaultAddress { countryCodeV2 zip } }"
    };
}

/// Customers and orders by id, in one call. Of an order only whose it is: its customer's truth is asked for by id.
pub(super) const TRUTH: &str = concat!(
    "query Truth($customers: [ID!]!, $orders: [ID!]!) { customers: nodes(ids: $customers) { __typename \
     ... on Customer { ...CustomerFields } } orders: nodes(ids: $orders) { __typename \
     ... on Order { id updatedAt customer { id } } } } ",
    customer_fields!()
);

/// A page of customers, the last changed first.
pub(super) const CUSTOMERS: &str = concat!(
    "query Customers($first: Int!, $after: String) { customers(first: $first, after: $after, sortKey: UPDATED_AT, \
     reverse: true) { nodes { ...CustomerFields } pageInfo { hasNextPage endCursor } } } ",
    customer_fields!()
);
