//! Which actions are done because of what was read. Pure.
//!
//! A flag that went on is news where somebody was told of it in time, and where it is known that it was off before: who is
//! seen for the first time brings what happened long ago.

use domain::{
    Act, ActionKey, ActionName, ActionRule, Consent, Customer, Deed, FingerprintKey, Firing, Money, Once,
    Order, Period, RecordId, Rules, SignalState,
};
use jiff::{SignedDuration, Timestamp};
use signals::{Facts, Signals, Template};

/// What happened, and to whom.
pub(super) struct News<'a> {
    pub(super) customer: &'a Customer,
    pub(super) facts: &'a Facts<'a>,
    pub(super) before: &'a SignalState,
    pub(super) after: &'a SignalState,
    /// The orders of theirs that events name, which are no tests.
    pub(super) orders: Vec<&'a Order>,
    /// When the youngest event of it was raised that is not quiet, UTC; none where all are.
    pub(super) raised_at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

/// By whose rules, and with which secret codes are drawn.
pub(super) struct By<'a> {
    pub(super) rules: &'a Rules,
    pub(super) signals: &'a Signals,
    pub(super) key: &'a FingerprintKey,
}

/// What is to be done about the customer, whose record is `record`. The same again where it is decided again before the
/// state after it was remembered.
pub(super) fn firings(news: &News<'_>, by: &By<'_>, record: &RecordId) -> Vec<Firing> {
    let Some(raised_at) = news.raised_at.filter(|at| !is_late(*at, by.rules, news.now)) else {
        return vec![];
    };
    let live = |rule: &ActionRule| {
        raised_at >= rule.live_since && (!rule.act.reaches_customer() || agreed(news.customer))
    };
    let of_customer = by.rules.actions.iter().filter(|(_, rule)| {
        !rule.act.stands() && live(rule) && went_on(news, rule) && was_known(news, by.rules, rule)
    });
    let mut firings: Vec<_> =
        of_customer.map(|(name, rule)| firing(news, by, record, name, rule, None)).collect();
    for order in &news.orders {
        let true_of = by.signals.of_order(&news.facts.with_order(order));
        let is_of = |rule: &ActionRule| true_of.contains(&rule.on) && order.processed_at >= rule.live_since;
        let actions = by.rules.actions.iter().filter(|(_, rule)| live(rule) && is_of(rule));
        firings.extend(actions.map(|(name, rule)| firing(news, by, record, name, rule, Some(order))));
    }
    firings
}

/// Why an action is not among [`firings`], in words.
pub(super) fn why_not(news: &News<'_>, by: &By<'_>, rule: &ActionRule) -> &'static str {
    let Some(raised_at) = news.raised_at else { return "what happened is only set right" };
    if is_late(raised_at, by.rules, news.now) {
        return "it happened too long ago";
    }
    if raised_at < rule.live_since {
        return "it happened before the action is live";
    }
    match (news.after.times(rule.on) > 0, went_on(news, rule)) {
        (_, true) if rule.act.reaches_customer() && !agreed(news.customer) => {
            "the customer did not agree to marketing by e-mail"
        }
        (_, true) => "it is not known whether the signal was off before",
        (true, false) => "its signal does not go on now",
        (false, false) => "its signal was never on, or is of orders",
    }
}

/// Longer ago than what is acted on.
pub(super) fn is_late(raised_at: Timestamp, rules: &Rules, now: Timestamp) -> bool {
    now.duration_since(raised_at) > SignedDuration::from_hours(i64::from(rules.quiet_after_hours))
}

fn went_on(news: &News<'_>, rule: &ActionRule) -> bool {
    news.after.times(rule.on) > news.before.times(rule.on)
}

/// It was looked at before, since the action is live, and was off; or the customer is as new as the news.
fn was_known(news: &News<'_>, rules: &Rules, rule: &ActionRule) -> bool {
    let created_at = news.customer.created_at;
    match news.before.looked_at {
        Some(looked_at) => looked_at >= rule.live_since || created_at >= rule.live_since,
        None => created_at >= rule.live_since && !is_late(created_at, rules, news.now),
    }
}

/// Who did not agree to marketing by e-mail is not written to.
fn agreed(customer: &Customer) -> bool {
    customer.email_consent.value() == Some(&Consent::Subscribed)
}

fn firing(
    news: &News<'_>,
    by: &By<'_>,
    record: &RecordId,
    name: &ActionName,
    rule: &ActionRule,
    order: Option<&Order>,
) -> Firing {
    let key = ActionKey::new(name, &news.customer.key, period(news, rule, order));
    let facts = order.map_or_else(|| news.facts.clone(), |order| news.facts.with_order(order));
    Firing {
        deed: deed(news, by, &key, &rule.act, &facts, order),
        key,
        action: name.clone(),
        shop: news.customer.key.shop.clone(),
        customer: news.customer.key.customer,
        record: record.clone(),
        order: order.map(|order| order.id),
        fired_at: news.now,
    }
}

fn period(news: &News<'_>, rule: &ActionRule, order: Option<&Order>) -> Period {
    let time = || Period::Time(news.after.times(rule.on));
    match (order, rule.once) {
        (Some(order), _) => Period::Order(order.id),
        (None, Once::Ever) => Period::Ever,
        (None, Once::PerOrder) => {
            news.customer.last_order.as_ref().map_or_else(time, |order| Period::Order(order.id))
        }
        (None, Once::EachTime) => time(),
    }
}

/// What stands is done by the contact itself, so there is nothing more to do.
fn deed(
    news: &News<'_>,
    by: &By<'_>,
    key: &ActionKey,
    act: &Act,
    facts: &Facts<'_>,
    order: Option<&Order>,
) -> Deed {
    let say = |text: &String| filled(text, facts);
    let all = |lines: &[String]| lines.iter().map(say).collect::<Vec<_>>();
    let after = |hours: i64| news.now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(news.now);
    match act {
        Act::Task { subject, lines, priority, due_in_hours } => Deed::Task {
            subject: say(subject),
            lines: all(lines),
            due_at: after(i64::from(*due_in_hours)),
            priority: *priority,
        },
        Act::Note { lines } => Deed::Note { lines: all(lines) },
        Act::Message { channel, title, lines } => {
            Deed::Message { channel: channel.clone(), title: say(title), lines: all(lines) }
        }
        Act::Discount { prefix, percent, valid_days } => Deed::Discount {
            code: key.code(prefix, by.key),
            title: format!("{} {percent} %", key.action()),
            percent: *percent,
            ends_at: after(24 * i64::from(*valid_days)),
        },
        Act::Invitation { to } => Deed::Invitation { to: to.clone() },
        Act::Deal { name, stage } => Deed::Deal {
            name: say(name),
            stage: stage.clone(),
            pipeline: by.rules.orders.pipeline.clone(),
            amount: worth(news.customer, order),
        },
        Act::Segment { .. } | Act::Score { .. } => Deed::Note { lines: vec![] },
    }
}

/// The manifest was read, so a template that cannot be read is not there; as it stands it says enough.
fn filled(text: &str, facts: &Facts<'_>) -> String {
    Template::parse(text).map_or_else(|_| text.to_owned(), |template| template.filled(facts))
}

/// What the order is worth, or else what one of theirs usually is.
fn worth(customer: &Customer, order: Option<&Order>) -> Money {
    let spent = customer.amount_spent;
    let usual = || Money { amount: spent.per(customer.orders_count).unwrap_or_default(), ..spent };
    order.map_or_else(usual, |order| order.total)
}

#[cfg(test)]
mod live;
