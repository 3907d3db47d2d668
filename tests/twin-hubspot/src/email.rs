//! E-mail addresses as the portal takes them: lower-case, one `@`, a domain with a dot.

/// The address in lower case, or nothing when HubSpot would call it invalid.
pub(crate) fn normal(raw: &str) -> Option<String> {
    let address = raw.trim().to_lowercase();
    let (local, domain) = address.split_once('@')?;
    (is_local(local) && is_domain(domain)).then_some(address)
}

fn is_local(local: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "@,;:<>()[]\\\"".contains(c);
    !local.is_empty()
        && local.len() <= 64
        && !local.contains(odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(label) && top.chars().count() > 1
}

/// The addresses of a `;`-separated list, in lower case.
pub(crate) fn listed(addresses: &str) -> impl Iterator<Item = String> {
    addresses.split(';').map(|one| one.trim().to_lowercase()).filter(|one| !one.is_empty())
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn an_address_is_taken_in_lower_case_or_not_at_all() {
        assert_eq!(normal("Ada@Example.COM").as_deref(), Some("ada@example.com"));
        assert_eq!(normal("a+b@ex-ample.co.uk").as_deref(), Some("a+b@ex-ample.co.uk"));
        for bad in ["", "ada", "x@@example.com", "@example.com", "ada@", "ada@example", "a b@example.com"] {
            assert_eq!(normal(bad), None, "{bad}");
        }
        for bad in ["ada@.com", "ada@example..com", "ada@example.c", ".ada@example.com", "a..b@example.com"] {
            assert_eq!(normal(bad), None, "{bad}");
        }
    }
}
