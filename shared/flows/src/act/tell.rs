//! What people are told in a chat.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use domain::{Deed, Firing};
use futures_util::{FutureExt, StreamExt, stream};
use notify::{Channel, Message, Notifier, NotifyError, NotifyErrorKind};

use super::errand::Errand;
use super::{AT_A_TIME, ActOutcome, Hands};
use crate::failure::Failure;

/// Posts every message, those of one channel one after the other. A post has no key: one that may be there already says so
/// to its readers.
pub(super) async fn tell<D, L, P, R>(errands: &mut [Errand], hands: &Hands<'_, D, L, P, R>) {
    let Some(chat) = hands.chat else {
        for errand in errands {
            errand.verdict = Some(Ok(ActOutcome::NoChat));
        }
        return;
    };
    let mut channels: BTreeMap<String, Vec<&mut Errand>> = BTreeMap::new();
    for errand in errands {
        if let Deed::Message { channel, .. } = errand.deed() {
            channels.entry(channel.clone()).or_default().push(errand);
        }
    }
    let telling = stream::iter(channels).map(|(name, some)| async move {
        match Channel::new(&name) {
            Ok(channel) => one_by_one(&channel, some, chat, hands).await,
            Err(error) => all_fail(some, &refused(error)),
        }
    });
    telling.buffer_unordered(AT_A_TIME).collect::<Vec<()>>().await;
}

/// What is wrong with the channel is so for the next message too.
async fn one_by_one<D, L, P, R>(
    channel: &Channel,
    errands: Vec<&mut Errand>,
    chat: &dyn Notifier,
    hands: &Hands<'_, D, L, P, R>,
) {
    let mut errands = errands.into_iter();
    while let Some(errand) = errands.next() {
        let Some(message) = message(errand, hands) else { continue };
        errand.is_sent = true;
        let posted = AssertUnwindSafe(chat.post(channel, &message)).catch_unwind().await;
        let posted = posted.map_err(|_| Failure::Panicked).and_then(|posted| Ok(posted?));
        let of_channel = posted.as_ref().err().filter(|failure| is_of_channel(failure)).cloned();
        errand.verdict = Some(posted.map(|()| ActOutcome::Told { repeat: message.repeat }));
        if let Some(failure) = of_channel {
            return all_fail(errands, &failure);
        }
    }
}

fn all_fail<'e>(errands: impl IntoIterator<Item = &'e mut Errand>, failure: &Failure) {
    errands.into_iter().for_each(|errand| errand.ends_with(failure));
}

fn is_of_channel(failure: &Failure) -> bool {
    let Failure::Chat(error) = failure else { return false };
    !matches!(error.kind(), NotifyErrorKind::Refused | NotifyErrorKind::Unanswered)
}

fn refused(error: notify::InvalidChannel) -> Failure {
    NotifyError::new(NotifyErrorKind::Refused, "a channel of no such name").because(error).into()
}

fn message<D, L, P, R>(errand: &Errand, hands: &Hands<'_, D, L, P, R>) -> Option<Message> {
    let Deed::Message { title, lines, .. } = errand.deed() else { return None };
    let plain = Message { title: title.clone(), lines: lines.clone(), ..Message::default() };
    let message = match (hands.record_url)(&errand.record) {
        Some(url) => plain.with_link("Contact in the CRM", url),
        None => plain,
    };
    let message = with_shop(message, &errand.case.firing);
    Some(if errand.may_be_done { message.again() } else { message })
}

/// The pages of the shop's admin: `https://admin.shopify.com/store/demo/customers/7`.
fn with_shop(message: Message, firing: &Firing) -> Message {
    let name = firing.shop.as_str().trim_end_matches(".myshopify.com");
    let store = format!("https://admin.shopify.com/store/{name}");
    let message = message.with_link("Customer in the shop", format!("{store}/customers/{}", firing.customer));
    match firing.order {
        Some(order) => message.with_link("Order in the shop", format!("{store}/orders/{order}")),
        None => message,
    }
}
