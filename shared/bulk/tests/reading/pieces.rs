//! Reading in any pieces, in any number of processes, is the same as reading at once.

use bulk::{Arrangement, Believed, Broken, Reader, Settings, Told};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::file::{File, read, settings};

/// What is passed over, longer than a block.
const WIDE: &str = r#""url":"https:\/\/shop.example.com\/orders\/48bbd4e33137b29c?key=f610ab04c00bc64e","address":{"city":"São Paulo","lines":["12 Rue de l’Église",null]},"#;

/// Customers with their orders: (refunds, is it a test, second).
fn files() -> impl Strategy<Value = File> {
    let order = (proptest::collection::vec(0..300_u32, 0..3), any::<bool>(), 0..60_u64);
    let customers = proptest::collection::vec(proptest::collection::vec(order, 0..5), 0..12);
    customers.prop_map(|customers| {
        let mut file = File::default();
        for (n, orders) in (1..).zip(customers) {
            let customer = n * 7_919 % 1_000;
            file = file.customer(customer, orders.len() as u64);
            for (m, (refunds, is_test, at)) in (1..).zip(orders) {
                let refund = |cents: &u32| {
                    format!(
                        "{{\"totalRefundedSet\":{{\"shopMoney\":{{\"amount\":\"{}.{:02}\",\"currencyCode\":\"EUR\"}}}}}}",
                        cents / 100,
                        cents % 100
                    )
                };
                let refunds: Vec<_> = refunds.iter().map(refund).collect();
                let more =
                    format!("{WIDE}\"test\":{is_test},\"note\":\"é\\n\",\"refunds\":[{}],", refunds.join(","));
                file = file.order_with(customer, customer * 1_000 + m, at, &format!("{m}.5"), &more);
            }
        }
        file
    })
}

/// Reads pieces of at most `sizes` bytes, in turn; after each piece whose turn is in `resumes` another process goes on.
fn in_pieces(
    text: &[u8],
    told: Told,
    settings: &Settings,
    sizes: &[usize],
    resumes: &[Index],
) -> Result<Believed, Broken> {
    let resumes: Vec<_> = resumes.iter().map(|index| index.index(40)).collect();
    let mut reader = Reader::new(settings.clone());
    let mut at = 0;
    for turn in 0.. {
        let end = (at + sizes[turn % sizes.len()]).min(text.len());
        reader.push(&text[at..end])?;
        at = end;
        if resumes.contains(&turn) {
            let token = reader.token()?;
            reader = Reader::resume(settings.clone(), &token).unwrap();
            at = usize::try_from(reader.offset()).unwrap();
        }
        // Those who are sent back to the line's beginning come to the end all the same: nobody is sent back after turn 40.
        if at == text.len() && turn >= 40 {
            break;
        }
    }
    reader.finish(told)
}

proptest! {
    #[test]
    fn s_163_any_pieces_and_any_number_of_resumes_give_the_same(
        file in files(),
        is_any in any::<bool>(),
        sizes in proptest::collection::vec(1..400_usize, 1..9),
        resumes in proptest::collection::vec(any::<Index>(), 0..6),
    ) {
        let settings = settings(if is_any { Arrangement::Any } else { Arrangement::Grouped });
        let at_once = read(&file.text(), file.told(), settings.clone());
        prop_assert!(at_once.is_ok());
        prop_assert_eq!(in_pieces(file.text().as_bytes(), file.told(), &settings, &sizes, &resumes), at_once);
    }

    #[test]
    fn whatever_is_wrong_is_the_same_in_any_pieces(
        file in files(),
        place in any::<Index>(),
        byte in any::<u8>(),
        sizes in proptest::collection::vec(1..400_usize, 1..9),
        resumes in proptest::collection::vec(any::<Index>(), 0..6),
    ) {
        let settings = settings(Arrangement::Grouped);
        let mut text = file.text().into_bytes();
        prop_assume!(!text.is_empty());
        let at = place.index(text.len());
        text[at] = byte;
        let mut reader = Reader::new(settings.clone());
        let at_once = reader.push(&text).and_then(|()| reader.finish(file.told()));
        prop_assert_eq!(in_pieces(&text, file.told(), &settings, &sizes, &resumes), at_once);
    }

    #[test]
    fn lines_in_any_order_come_to_the_same(file in files(), order in any::<u64>()) {
        let mut shuffled = file.clone();
        shuffled.0.sort_by_key(|line| line.bytes().fold(order, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)));
        prop_assert_eq!(shuffled.read(settings(Arrangement::Any)), file.read(settings(Arrangement::Grouped)));
    }
}
