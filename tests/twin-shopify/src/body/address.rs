//! Addresses in REST bodies.

use serde_json::{Value, json};

use crate::customer::{Address, Customer};

/// An address as orders carry it (with coordinates, without an id).
pub(crate) fn of_order(address: &Address) -> Value {
    let mut fields = plain(address);
    fields["latitude"] = Value::Null;
    fields["longitude"] = Value::Null;
    fields
}

/// An address as customers carry it.
pub(crate) fn of_customer(address: &Address, customer: &Customer) -> Value {
    let mut fields = plain(address);
    fields["id"] = address.id.into();
    fields["customer_id"] = customer.id.into();
    fields["country_name"] = fields["country"].clone();
    fields["default"] = true.into();
    fields
}

fn plain(address: &Address) -> Value {
    let names: Vec<&str> =
        [&address.first_name, &address.last_name].into_iter().flatten().map(String::as_str).collect();
    json!({
        "first_name": address.first_name, "last_name": address.last_name, "name": names.join(" "),
        "company": address.company, "address1": address.address1, "address2": address.address2,
        "city": address.city, "province": address.province, "province_code": address.province_code,
        "country": address.country, "country_code": address.country_code, "zip": address.zip,
        "phone": address.phone,
    })
}
