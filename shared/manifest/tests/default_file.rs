//! `infra/sync.toml`: the manual is true.

use domain::{Duplicates, Field, FieldRule, Policy, Rulebook};

const FILE: &str = include_str!("../../../infra/sync.toml");

#[test]
fn s_026_the_default_file_says_what_is_done_without_a_file() {
    assert_eq!(manifest::parse(FILE), Ok(Rulebook::default()));
}

#[test]
fn s_025_every_field_is_in_the_file_with_its_policy_and_its_use() {
    for field in Field::ALL {
        let head = format!("[fields.{}]\n", field.name());
        let section = FILE.split_once(&head).unwrap_or_else(|| panic!("{head} is not in the file")).1;
        let section = section.split("\n\n").next().unwrap_or_default();
        let policy = format!("policy = \"{}\"", field.usual_policy().name());
        assert!(section.contains(&policy) && section.contains("use = "), "{head}{section}");
    }
}

/// What is commented out is an example, and works when it is not.
#[test]
fn the_examples_work_when_they_are_taken() {
    let mut taken = String::new();
    for line in FILE.lines() {
        let is_example = [
            "# [metafields",
            "# [signals.",
            "# value =",
            "# enter =",
            "# leave =",
            "# [actions.",
            "# on =",
            "# live_since =",
            "# once =",
            "# do =",
            "# code_begins =",
            "# percent =",
            "# valid_days =",
            "# [shops",
            "# field =",
            "# use =",
            "# text =",
            "# sync =",
            "# default_region",
            "# pipeline",
        ];
        let example = is_example.iter().any(|start| line.starts_with(start));
        taken.push_str(if example { line.trim_start_matches("# ") } else { line });
        taken.push('\n');
    }
    let book = manifest::parse(&taken).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!((book.shops.len(), book.usual.metafields.len()), (1, 1));
    assert_eq!(book.usual.identity.default_region.as_deref(), Some("DE"));
    assert_eq!(book.usual.identity.duplicates, Duplicates::Merge);
    let proposing = taken.replace("duplicates = \"merge\"", "duplicates = \"propose\"");
    assert_eq!(manifest::parse(&proposing).unwrap().usual.identity.duplicates, Duplicates::Propose);
    let tier = Field::from_name("loyalty_tier").unwrap();
    assert_eq!(book.usual.fields.get(&tier), Some(&FieldRule::usual(tier)));
    assert!(book.usual.writes(tier) && book.usual.policy(tier) == Policy::Always);
    assert_eq!(book.usual.orders.pipeline.as_deref(), Some("default"));
    let own = book.shops.values().next().unwrap();
    assert_eq!(own.lead_source, "Shopify Germany");
    assert!(!own.writes(Field::Phone) && own.writes(Field::Email));
}
