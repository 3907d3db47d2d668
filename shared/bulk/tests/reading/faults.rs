//! Counted or not believed: what is wrong with a file is said with its place, and nothing of it counts.

use bulk::{Arrangement, Broken, Differs, Fault, InvalidToken, Keep, Limits, Reader, Settings, Told, Where};
use domain::{CustomerId, OrderId};

use crate::file::{File, grouped, read, settings, three};

fn at_line(file: &File, line: usize) -> Where {
    let byte = file.0[..line - 1].iter().map(|line| line.len() as u64).sum();
    Where { line: line as u64, byte }
}

#[test]
fn s_161_a_file_that_is_cut_anywhere_is_not_believed() {
    let (file, text) = (three(), three().text());
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let Broken { fault, .. } = read(&text[..end], file.told(), grouped()).unwrap_err();
        let read = end as u64;
        assert_eq!(fault, Fault::Bytes(Differs { read, told: text.len() as u64 }), "{end}");
    }
}

#[test]
fn s_161_any_line_that_is_missing_is_missed() {
    for arrangement in [Arrangement::Grouped, Arrangement::Any] {
        for line in 0..6 {
            let mut file = three();
            file.0.remove(line);
            assert!(read(&file.text(), three().told(), settings(arrangement)).is_err(), "{line}");
            // Whatever else the shop says, as many lines are not there.
            let told = Told { objects: 6, ..file.told() };
            assert!(read(&file.text(), told, settings(arrangement)).is_err(), "{line}");
            let told = Told { roots: file.told().roots + 1, ..file.told() };
            assert!(read(&file.text(), told, settings(arrangement)).is_err(), "{line}");
        }
    }
}

#[test]
fn s_161_any_line_that_is_doubled_is_found_even_where_the_shop_counts_it_too() {
    for arrangement in [Arrangement::Grouped, Arrangement::Any] {
        for line in 0..6 {
            for to in 0..=6 {
                let mut file = three();
                file.0.insert(to, file.0[line].clone());
                let broken = file.read(settings(arrangement)).unwrap_err();
                let found = matches!(
                    broken.fault,
                    Fault::DoubledCustomer(_) | Fault::DoubledOrder(_) | Fault::Orphan(_)
                );
                assert!(found, "{line} again at {to}: {broken}");
            }
        }
    }
}

#[test]
fn a_customer_who_is_there_twice_is_named() {
    let file = three().customer(7, 0);
    let broken = file.read(grouped()).unwrap_err();
    assert_eq!(broken.fault, Fault::DoubledCustomer(CustomerId::new(7)));
    let broken = file.read(settings(Arrangement::Any)).unwrap_err();
    assert_eq!(broken, Broken { fault: Fault::DoubledCustomer(CustomerId::new(7)), at: at_line(&file, 7) });
}

#[test]
fn an_order_without_its_customer_is_named_with_its_place() {
    let file = File::default().customer(7, 0).order(8, 81, 1, "1").customer(8, 1);
    let broken = file.read(grouped()).unwrap_err();
    assert_eq!(broken, Broken { fault: Fault::Orphan(OrderId::new(81)), at: at_line(&file, 2) });
    assert!(file.read(settings(Arrangement::Any)).is_ok(), "its customer comes later");
    let file = File::default().customer(7, 0).order(8, 81, 1, "1");
    let broken = file.read(settings(Arrangement::Any)).unwrap_err();
    assert_eq!(broken, Broken { fault: Fault::Orphan(OrderId::new(81)), at: at_line(&file, 2) });
}

#[test]
fn broken_json_is_told_by_line_and_byte() {
    let mut file = three();
    file.0[2] = file.0[2].replacen("\"test\":false", "\"test\":falsy", 1);
    let broken = file.read(grouped()).unwrap_err();
    let line = at_line(&file, 3);
    assert_eq!(broken.fault, Fault::Json("a value"));
    assert_eq!((broken.at.line, broken.at.byte), (3, line.byte + file.0[2].find("falsy").unwrap() as u64));
}

#[test]
fn a_line_between_the_lines_is_not_overlooked() {
    let mut file = three();
    file.0.insert(3, "\n".into());
    assert_eq!(file.read(grouped()).unwrap_err().at.line, 4);
    file.0[3] = "{}\n".into();
    assert_eq!(file.read(grouped()).unwrap_err().fault, Fault::Missing("id"));
}

#[test]
fn a_list_of_orders_that_is_full_is_believed_only_if_the_shop_counts_no_more() {
    let full = |said| {
        let limits = Limits { full: vec![2], ..Limits::default() };
        let file = File::default().customer(6, 0).customer(7, said).order(7, 71, 1, "1").order(7, 72, 1, "1");
        (file.read(Settings { limits, ..grouped() }), file)
    };
    assert!(full(2).0.is_ok());
    let (result, file) = full(3);
    let fault = Fault::MayBeCut { list: "orders", length: 2 };
    assert_eq!(result, Err(Broken { fault, at: at_line(&file, 2) }));
}

#[test]
fn a_list_of_refunds_that_is_full_is_not_believed() {
    let limits = Limits { refunds: 3, ..Limits::default() };
    let broken = three().read(Settings { limits, ..grouped() }).unwrap_err();
    assert_eq!(
        broken,
        Broken { fault: Fault::MayBeCut { list: "refunds", length: 3 }, at: at_line(&three(), 2) }
    );
}

#[test]
fn what_is_held_is_bounded() {
    for (arrangement, held) in [(Arrangement::Grouped, 1), (Arrangement::Any, 4)] {
        let limits = Limits { held, ..Limits::default() };
        let keep = Keep::Nobody;
        let broken = three().read(Settings { limits, keep, ..settings(arrangement) }).unwrap_err();
        assert_eq!(broken.fault, Fault::TooMany(held));
    }
    let limits = Limits { held: 2, ..Limits::default() };
    assert_eq!(three().read(Settings { limits, ..grouped() }).unwrap_err().fault, Fault::TooMany(2));
    let limits = Limits { line: 100, ..Limits::default() };
    assert_eq!(three().read(Settings { limits, ..grouped() }).unwrap_err().fault, Fault::LongLine(100));
}

#[test]
fn what_is_broken_stays_broken_and_has_no_token() {
    let mut reader = Reader::new(grouped());
    let broken = reader.push(b"nonsense\n").unwrap_err();
    assert_eq!(reader.push(three().text().as_bytes()), Err(broken.clone()));
    assert_eq!(reader.token(), Err(broken.clone()));
    assert_eq!(reader.finish(three().told()), Err(broken));
}

#[test]
fn a_token_is_good_for_its_own_reading_only() {
    let mut reader = Reader::new(grouped());
    reader.push(three().text().as_bytes()).unwrap();
    let token = reader.token().unwrap();
    assert!(Reader::resume(grouped(), &token).is_ok());
    let others = [
        Settings { source: "gid://shopify/BulkOperation/2".into(), ..grouped() },
        Settings { key: bulk::ChecksumKey::new([4; 16]), ..grouped() },
        Settings { buckets: 5.try_into().unwrap(), ..grouped() },
        Settings { keep: Keep::Nobody, ..grouped() },
        settings(Arrangement::Any),
    ];
    for other in others {
        assert_eq!(Reader::resume(other, &token).unwrap_err(), InvalidToken);
    }
    for at in 0..token.len() {
        let mut bent = token.clone();
        bent[at] ^= 1;
        assert_eq!(Reader::resume(grouped(), &bent).unwrap_err(), InvalidToken);
        assert_eq!(Reader::resume(grouped(), &token[..at]).unwrap_err(), InvalidToken);
    }
}
