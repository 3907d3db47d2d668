//! The twin over HTTP.

mod admin;
mod control;
mod customers;
mod fields;
mod oauth;
mod orders;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{delete, get, post, put},
};

use crate::twin::Twin;

/// Payloads to take may be as large as anything Shopify sends; this is a limit against mistakes only.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

pub(crate) fn router(twin: Twin) -> Router {
    let shop = Router::new()
        .route("/", put(control::open).get(control::counts))
        .route("/customers", post(customers::create_customer))
        .route(
            "/customers/{id}",
            get(customers::customer).patch(customers::change_customer).delete(customers::delete_customer),
        )
        .route("/customers/{id}/merge", post(customers::merge))
        .route("/orders", post(orders::create_order))
        .route("/orders/{id}", delete(orders::delete_order))
        .route("/orders/{id}/fulfil", post(orders::fulfil))
        .route("/orders/{id}/refund", post(orders::refund))
        .route("/orders/{id}/cancel", post(orders::cancel))
        .route("/discounts", get(control::discounts))
        .route("/take", post(control::take))
        .route("/subscription", put(control::subscribe))
        .route("/deliver", post(control::deliver))
        .route("/pending", get(control::pending))
        .route("/faults", put(control::faults));
    Router::new()
        .route("/shops/{shop}/admin/api/{version}/graphql.json", post(admin::graphql))
        .route("/shops/{shop}/admin/oauth/access_token", post(oauth::token))
        .nest("/_twin/shops/{shop}", shop)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(twin)
}
