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

/// A page of customers, the last changed first.
pub(super) const CUSTOMERS: &str = concat!(
    "query Customers($first: Int!, $after: String) { customers(first: $first, after: $after, sortKey: UPDATED_AT, \
     reverse: true) { nodes { ...CustomerFields } pageInfo { hasNextPage endCursor } } } ",
    customer_fields!()
);

/// All that a deal is made from: of an order three points.
macro_rules! order_fields {
    () => {
        "fragment OrderFields on Order { id name updatedAt processedAt cancelledAt test displayFinancialStatus \
         displayFulfillmentStatus currentTotalPriceSet { shopMoney { amount currencyCode } } }"
    };
}

/// Customers and orders by id, in one call. Of an order's customer only who it is: their truth is asked
/// for by id.
pub(super) const TRUTH: &str = concat!(
    "query Truth($customers: [ID!]!, $orders: [ID!]!) { customers: nodes(ids: $customers) { __typename \
     ... on Customer { ...CustomerFields } } orders: nodes(ids: $orders) { __typename \
     ... on Order { ...OrderFields email customer { id } } } } ",
    customer_fields!(),
    " ",
    order_fields!()
);

/// Orders by id.
pub(super) const ORDERS: &str = concat!(
    "query Orders($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Order { ...OrderFields } } } ",
    order_fields!()
);

/// The same with what went back. The list of refunds has no pages, so their number is chosen.
pub(super) const REFUNDS: &str = concat!(
    "query Refunds($ids: [ID!]!, $most: Int!) { nodes(ids: $ids) { __typename ... on Order { ...OrderFields \
     refunds(first: $most) { id processedAt note totalRefundedSet { shopMoney { amount currencyCode } } \
     refundLineItems(first: 10) { nodes { quantity lineItem { name } } pageInfo { hasNextPage } } } } } } ",
    order_fields!()
);

/// What went back to customers, of their orders that say so. The filter is Shopify's own index and may be behind.
pub(super) const CUSTOMER_REFUNDS: &str = "query CustomerRefunds($ids: [ID!]!, $orders: Int!, $refunds: Int!, \
     $after: String) { nodes(ids: $ids) { __typename ... on Customer { amountSpent { currencyCode } orders(first: $orders, \
     after: $after, query: \"financial_status:refunded OR financial_status:partially_refunded\") { nodes { id updatedAt \
     test refunds(first: $refunds) { totalRefundedSet { shopMoney { amount currencyCode } } } } \
     pageInfo { hasNextPage endCursor } } } } }";

/// How many orders a filter finds, however many there are.
pub(super) const ORDERS_COUNT: &str =
    "query OrdersCount($filter: String!) { ordersCount(limit: null, query: $filter) { count precision } }";

/// A page of the orders that a filter finds: what says whether each is counted, and whose it is.
pub(super) const PLACED: &str = "query Placed($first: Int!, $after: String, $filter: String!) { orders(first: $first, \
     after: $after, sortKey: PROCESSED_AT, query: $filter) { nodes { id processedAt cancelledAt test displayFinancialStatus \
     displayFulfillmentStatus customer { id } } pageInfo { hasNextPage endCursor } } }";

/// All that is known of a bulk operation.
macro_rules! bulk_fields {
    () => {
        "fragment BulkFields on BulkOperation { id type status errorCode createdAt objectCount rootObjectCount fileSize \
         url query }"
    };
}

/// A bulk operation by id.
pub(super) const BULK: &str =
    concat!("query Bulk($id: ID!) { bulkOperation(id: $id) { ...BulkFields } } ", bulk_fields!());

/// The bulk operations that are at work, the newest first. At most ten can be, of both kinds; more are only there where
/// the filter is ignored.
pub(super) const BULK_RUNNING: &str = concat!(
    "query BulkRunning { bulkOperations(first: 50, query: \"operation_type:query AND status:created OR \
     operation_type:query AND status:running\") { nodes { ...BulkFields } } } ",
    bulk_fields!()
);

/// Begins a bulk operation whose lines are in order: each object is followed by what belongs to it.
pub(super) const BULK_START: &str = concat!(
    "mutation BulkStart($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: true) { \
     bulkOperation { ...BulkFields } userErrors { code } } } ",
    bulk_fields!()
);

/// Cancels a bulk operation.
pub(super) const BULK_CANCEL: &str = "mutation BulkCancel($id: ID!) { bulkOperationCancel(id: $id) { \
     bulkOperation { id } userErrors { field } } }";
/// Companies by id.
pub(super) const COMPANIES: &str =
    "query Companies($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Company { id name updatedAt } } }";

/// A discount. The words of an error are not asked for: they may quote what was sent.
pub(super) const CREATE_DISCOUNT: &str = "mutation CreateDiscount($discount: DiscountCodeBasicInput!) { \
     discountCodeBasicCreate(basicCodeDiscount: $discount) { codeDiscountNode { id } userErrors { field code } } }";

/// Whose a code is.
pub(super) const DISCOUNT: &str = "query Discount($code: String!) { codeDiscountNodeByCode(code: $code) { codeDiscount { \
     __typename ... on DiscountCodeBasic { title context { __typename ... on DiscountCustomers { customers { id } } } } } } }";

/// A page of the webhook subscriptions that were made through the API.
pub(super) const SUBSCRIPTIONS: &str = "query Subscriptions($after: String) { webhookSubscriptions(first: 100, after: $after) \
     { nodes { topic uri } pageInfo { hasNextPage endCursor } } }";

/// A webhook subscription. The words of an error are not asked for: they may quote what was sent.
pub(super) const SUBSCRIBE: &str = "mutation Subscribe($topic: WebhookSubscriptionTopic!, \
     $subscription: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) \
     { webhookSubscription { id } userErrors { field } } }";

/// Customers by address, so many in one call: `$e0` is the first address and `c0` its customer.
pub(super) fn by_email(count: usize) -> String {
    let variables: Vec<_> = (0..count).map(|n| format!("$e{n}: String!")).collect();
    let customer = |n| {
        format!(
            "c{n}: customerByIdentifier(identifier: {{ emailAddress: $e{n} }}) \
             {{ id verifiedEmail defaultEmailAddress {{ emailAddress }} }} "
        )
    };
    format!("query ByEmail({}) {{ {}}}", variables.join(", "), (0..count).map(customer).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_is_a_variable_and_never_part_of_the_document() {
        let one = "c0: customerByIdentifier(identifier: { emailAddress: $e0 }) \
                   { id verifiedEmail defaultEmailAddress { emailAddress } } ";
        assert_eq!(by_email(1), format!("query ByEmail($e0: String!) {{ {one}}}"));
        let two = by_email(2);
        assert!(two.contains(one) && two.contains(&one.replace('0', "1")), "{two}");
        assert!(two.starts_with("query ByEmail($e0: String!, $e1: String!) "), "{two}");
    }
}
