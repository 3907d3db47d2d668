//! Every mistake that can be made is told, with its line, its key and its mend; and all of them at once.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says so by ending")]

use domain::{Currencies, Field, FieldRule, Layout, OrdersAs, Owner, PeopleAs, Policy, Rules, SignalRule};
use manifest::{Mistakes, parse};
use proptest::prelude::*;

const FILE: &str = include_str!("../../../infra/sync.toml");

/// The least that is a manifest, in three lines.
const LEAST: &str = "version = 1\n[fields.customer_key]\nuse = \"It ties both halves together.\"\n";

fn mistakes(text: &str) -> Mistakes {
    parse(text).expect_err("it is refused")
}

/// `added`, below the least manifest, has exactly this mistake: its line, its key, and words that are in it.
fn has(added: &str, line: usize, key: &str, words: &[&str]) {
    let told = mistakes(&format!("{LEAST}{added}"));
    let all: Vec<_> = told.iter().collect();
    let [mistake] = &all[..] else { panic!("one mistake in {added:?}, but {told}") };
    assert_eq!((mistake.line, mistake.key.as_str()), (line, key), "{told}");
    for word in words {
        assert!(mistake.to_string().contains(word), "{word:?} in: {mistake}");
    }
}

#[test]
fn unknown_keys_are_refused_everywhere_and_the_one_that_was_meant_is_named() {
    has("[lifecycel]", 4, "lifecycel", &["did you mean \"lifecycle\"?"]);
    has(
        "[fields.phone]\npolici = \"always\"\nuse = \"For the call-backs.\"",
        5,
        "fields.phone.polici",
        &["\"policy\""],
    );
    has("[lead_source]\nwords = \"Shopify\"", 5, "lead_source.words", &["it is one of \"text\""]);
    has("[tags]\nnot = []", 5, "tags.not", &["\"never\""]);
    has("[lifecycle]\nstage = []", 5, "lifecycle.stage", &["did you mean \"stages\"?"]);
    has("[orders]\nhigh_value = \"1\"", 5, "orders.high_value", &["\"high_value_above\""]);
    has("[identity]\nphones = true", 5, "identity.phones", &["did you mean \"phone\"?"]);
    has("[salesforce]\npeopel = \"contacts\"", 5, "salesforce.peopel", &["did you mean \"people\"?"]);
    let own = "[shops.\"a.myshopify.com\".salesforce]";
    has(own, 4, "shops.\"a.myshopify.com\".salesforce", &["no key that is known here"]);
    has("[shops.\"a.myshopify.com\".tag]", 4, "shops.\"a.myshopify.com\".tag", &["did you mean \"tags\"?"]);
}

#[test]
fn unknown_fields_are_refused_and_the_one_that_was_meant_is_named() {
    let added = "[fields.totl_spent]\nuse = \"Who is called first.\"";
    has(added, 4, "fields.totl_spent", &["no field of ours", "did you mean \"total_spent\"?"]);
    has(
        "[fields.shoe_size]\nuse = \"Who has big feet.\"",
        4,
        "fields.shoe_size",
        &["it is one of", "\"email\""],
    );
}

#[test]
fn s_014_s_093_what_the_crm_owns_cannot_be_listed() {
    for field in ["owner_id", "lead_status", "hubspot_owner_id"] {
        let added = format!("[fields.{field}]\nuse = \"Whose contact it is.\"");
        has(&added, 4, &format!("fields.{field}"), &["the CRM's", "take the section out"]);
    }
    let added = "[metafields.\"custom.owner\"]\nfield = \"contact_owner\"\nuse = \"Whose contact it is.\"";
    has(added, 5, "metafields.\"custom.owner\".field", &["the CRM's already"]);
}

#[test]
fn s_100_the_objects_of_salesforce_are_chosen_for_all_shops() {
    let all = "[salesforce]\npeople = \"person_accounts\"\norders = \"orders\"\ncurrencies = \"several\"";
    let chosen = parse(&format!("{LEAST}{all}")).expect("it is a manifest").layout;
    let layout = Layout {
        people: PeopleAs::PersonAccounts,
        orders: OrdersAs::Orders,
        currencies: Currencies::Several,
    };
    assert_eq!(chosen, layout);
    assert_eq!(parse(LEAST).expect("it is a manifest").layout, Layout::default());
}

#[test]
fn words_that_are_not_known_are_told_with_those_that_are() {
    has(
        "[salesforce]\npeople = \"person-accounts\"",
        5,
        "salesforce.people",
        &["did you mean \"person_accounts\"?"],
    );
    has("[salesforce]\norders = true", 5, "salesforce.orders", &["write a text in quotes"]);
    let phone = |rest: &str| format!("[fields.phone]\nuse = \"For the call-backs.\"\n{rest}");
    has(
        &phone("policy = \"alway\""),
        6,
        "fields.phone.policy",
        &["a text of 5 letters", "did you mean \"always\"?"],
    );
    has(&phone("owner = \"rep\""), 6, "fields.phone.owner", &["\"shop\", \"crm\""]);
    has("[orders]\nmode = \"deal\"", 5, "orders.mode", &["did you mean \"deals\"?"]);
    has("[identity]\naliases = \"dots\"", 5, "identity.aliases", &["\"plus-and-dots\""]);
}

#[test]
fn another_shape_is_told_with_the_one_that_is_expected() {
    let phone = |rest: &str| format!("[fields.phone]\nuse = \"For the call-backs.\"\n{rest}");
    has(
        &phone("sync = \"yes\""),
        6,
        "fields.phone.sync",
        &["a text of 3 letters", "true or false, without quotes"],
    );
    has(&phone("policy = true"), 6, "fields.phone.policy", &["true or false", "a text in quotes"]);
    has("[orders]\nhigh_value_above = 500.0", 5, "orders.high_value_above", &["a number with a fraction"]);
    has("[tags]\nonly = \"vip\"", 5, "tags.only", &["a list"]);
    has("[tags]\nonly = [\"vip\", 7]", 5, "tags.only[1]", &["a whole number"]);
    has("orders = 1\n[tags]", 4, "fields.customer_key.orders", &["no key that is known here"]);
    has("[lead_source]\ntext = \" \"", 5, "lead_source.text", &["an empty text"]);
    has("[identity]\nduplicates = \"delete\"", 5, "identity.duplicates", &["\"merge\"", "\"propose\""]);
    has("[identity]\ndefault_region = \"Germany\"", 5, "identity.default_region", &["two capital letters"]);
    let stage = "[lifecycle]\nstages = [{ stage = \"lead\", from_orders = -1 }]";
    has(stage, 5, "lifecycle.stages[0].from_orders", &["a negative number", "from 0 on"]);
    let at = "[lead_source]\ntext = 2026-11-25";
    has(at, 5, "lead_source.text", &["a date or a time"]);
}

#[test]
fn s_056_a_field_without_a_use_is_refused() {
    has("[fields.phone]\nsync = true", 4, "fields.phone.use", &["is missing", "what sales does with it"]);
    has("[fields.phone]\nuse = \"calls\"", 5, "fields.phone.use", &["follow-up, segment or score"]);
    has("[fields.phone]", 4, "fields.phone.use", &["is missing"]);
}

/// A signal with these lines, below its name and its use.
fn signal(lines: &str) -> String {
    format!("[signals.vip]\nuse = \"Called in person, first.\"\n{lines}")
}

/// An action for a signal.
fn call(signal: &str) -> String {
    format!(
        "\n[actions.call_{signal}]\non = \"{signal}\"\nlive_since = 2026-01-01\ndo = \"score\"\npoints = 1\n"
    )
}

/// An action with these lines, below a signal that is right and what every action says.
fn action(lines: &str) -> String {
    let vip = signal(VIP);
    format!("{vip}\n[actions.call]\non = \"vip\"\nlive_since = 2026-01-01\n{lines}")
}

const VIP: &str = "label = \"VIP\"\nenter = \"customer.orders_count > 1\"";

#[test]
fn s_056_and_s_113_a_signal_without_a_use_a_label_or_a_condition_is_refused() {
    assert!(parse(&format!("{LEAST}{}{}", signal(VIP), call("vip"))).is_ok());
    has(&signal(VIP), 4, "signals.vip", &["leads to no action", "on = \"vip\""]);
    has(
        &(format!("[signals.vip]\n{VIP}") + &call("vip")),
        4,
        "signals.vip.use",
        &["is missing", "what sales does with it"],
    );
    has(&signal("enter = \"true\""), 4, "signals.vip.label", &["is missing", "what people read"]);
    has(&signal("label = \"VIP\""), 4, "signals.vip.enter", &["is missing", "when it goes on"]);
    has(
        &(signal(&format!("{VIP}\nwhen = \"now\"")) + &call("vip")),
        8,
        "signals.vip.when",
        &["no key that is known", "\"leave\""],
    );
    has(
        &signal("value = \"customer.currency\"\nlabel = \"VIP\""),
        7,
        "signals.vip.label",
        &["make two of it"],
    );
    has(&signal("value = \" \""), 6, "signals.vip.value", &["say something"]);
}

#[test]
fn s_052_an_expression_that_cannot_be_used_is_told_with_its_letter_and_what_was_meant() {
    let enter = |text: &str| signal(&format!("label = \"VIP\"\nenter = '{text}'"));
    let is = |text: &str, words: &[&str]| has(&enter(text), 7, "signals.vip.enter", words);
    is("customer.total_spend > 1", &["at letter 1", "did you mean \"customer.total_spent\"?"]);
    is("customer.tags.exists(t, true)", &["a macro, a map or a message", "startsWith"]);
    is("customer.currency.beginsWith(\"U\")", &["the function `beginsWith`", "\"startsWith\""]);
    is("customer.orders_count > \"1\"", &["at letter 25", "a text where a number is expected"]);
    is("customer.orders_count > ", &["is no expression", "every bracket"]);
    let leave = signal(&format!("{VIP}\nleave = \"customer.orders_count\""));
    has(&leave, 8, "signals.vip.leave", &["a number where true or false is expected", "compare it"]);
    has(&signal("value = \"customer.tags\""), 6, "signals.vip.value", &["a list of texts where a text"]);
}

#[test]
fn a_signal_has_a_name_and_a_label_of_its_own() {
    let named = |name: &str| format!("[signals.{name}]\nuse = \"Called in person, first.\"\n{VIP}");
    has(&named("VIP"), 4, "signals.VIP", &["is no signal's name", "small letters"]);
    has(&named("contact_owner"), 4, "signals.contact_owner", &["the CRM's"]);
    has(&named("vip").replace("VIP", "a; b"), 6, "signals.vip.label", &["without ;"]);
    let two = format!("{}\n{}{}", named("vip"), named("buyer"), call("buyer"));
    has(&two, 4, "signals.vip.label", &["another signal too"]);
    let many = |n: usize| -> String {
        let one =
            |n: usize| named(&format!("s{n}")).replace("VIP", &format!("S{n}")) + &call(&format!("s{n}"));
        (0..n).map(one).collect()
    };
    assert!(parse(&format!("{LEAST}{}", many(50))).is_ok());
    let told = mistakes(&format!("{LEAST}{}", many(51)));
    assert!(told.to_string().contains("one more than the 50 signals"), "{told}");
}

#[test]
fn s_113_an_action_without_a_signal_is_refused_and_so_is_one_that_cannot_be_done() {
    let on =
        |on: &str| action("do = \"score\"\npoints = 1").replace("on = \"vip\"", &format!("on = \"{on}\""));
    let told = mistakes(&format!("{LEAST}{}", on("vipp"))).to_string();
    assert!(
        told.contains("line 9: `actions.call.on` is no signal") && told.contains("did you mean \"vip\"?"),
        "{told}"
    );
    assert!(told.contains("line 4: `signals.vip` leads to no action"), "{told}");
    let refused = |lines: &str, key: &str, words: &[&str]| {
        let told = mistakes(&format!("{LEAST}{}", action(lines))).to_string();
        assert!(told.contains(&format!("`actions.call{key}`")), "{key} in: {told}");
        for word in words {
            assert!(told.contains(word), "{word:?} in: {told}");
        }
    };
    refused("", ".do", &["is missing"]);
    refused("do = \"tsk\"", ".do", &["did you mean \"task\"?"]);
    refused("do = \"task\"", ".subject", &["is missing"]);
    refused("do = \"task\"\nsubject = \"Call\"\nto = \"x\"", ".to", &["\"lines\""]);
    refused(
        "do = \"task\"\nsubject = \"{customer.orders}\"",
        ".subject",
        &["a fact in braces", "\"customer.orders_count\""],
    );
    refused("do = \"note\"\nlines = [\"a {\"]", ".lines[0]", &["at letter 3", "{{"]);
    refused("do = \"note\"\nlines = [\"{order.name}\"]", ".on", &["the text speaks of an order"]);
    refused("do = \"score\"\npoints = 0", ".points", &["not 0"]);
    refused("do = \"segment\"\nsegment = \"a; b\"", ".segment", &["without"]);
    refused("do = \"discount\"\ncode_begins = \"vip\"\npercent = 10", ".code_begins", &["capital letters"]);
    refused("do = \"discount\"\ncode_begins = \"VIP\"\npercent = 101", ".percent", &["from 1 to 100"]);
    refused("do = \"score\"\npoints = 1\nonce = \"daily\"", ".once", &["\"each-time\""]);
    let undated = action("do = \"score\"\npoints = 1").replace("live_since = 2026-01-01\n", "");
    assert!(
        mistakes(&format!("{LEAST}{undated}")).to_string().contains("`actions.call.live_since` is missing")
    );
}

#[test]
fn s_119_a_signal_of_orders_has_no_leave_and_stands_on_no_contact() {
    let order = "label = \"VIP\"\nenter = \"order.total > 500.00\"";
    let note =
        "\n[actions.a]\non = \"vip\"\nlive_since = 2026-01-01\ndo = \"note\"\nlines = [\"{order.name}\"]";
    assert!(parse(&format!("{LEAST}{}{note}", signal(order))).is_ok());
    let leave = format!("{order}\nleave = \"order.total < 1\"");
    has(&(signal(&leave) + note), 4, "signals.vip.leave", &["an order is", "leave it out"]);
    has(&(signal(order) + &call("vip")), 8, "actions.call_vip.on", &["stands on the contact"]);
    has(&signal("value = \"order.currency\""), 4, "signals.vip.value", &["asks for an order"]);
}

#[test]
fn days_that_go_by_are_compared_with_a_number_alone() {
    let enter = |text: &str| signal(&format!("label = \"VIP\"\nenter = \"{text}\"")) + &call("vip");
    for text in [
        "customer.tenure_days * 2 > 10",
        "customer.tenure_days > customer.orders_count",
        "-customer.tenure_days < 1",
    ] {
        let told = mistakes(&format!("{LEAST}{}", enter(text))).to_string();
        assert!(told.contains("days that go by") && told.contains("a number alone"), "{text}: {told}");
    }
    assert!(
        parse(&format!("{LEAST}{}", enter("30 < customer.tenure_days || has(customer.tenure_days)"))).is_ok()
    );
}

#[test]
fn a_shop_says_of_a_signal_what_is_other_and_a_new_enter_has_its_own_leave() {
    let usual = signal(&format!("{VIP}\nleave = \"customer.orders_count < 1\""));
    let own = |lines: &str| {
        let call = call("vip");
        let text = format!("{LEAST}{usual}\n{call}[shops.\"a.myshopify.com\".signals.vip]\n{lines}");
        let book = parse(&text).expect("it is right");
        let rule = book.shops.values().next().and_then(|rules| rules.signals.values().next().cloned());
        rule.expect("the shop has it")
    };
    let flag = |label: &str, enter: &str, leave: Option<&str>| SignalRule::Flag {
        label: label.to_owned(),
        enter: format!("customer.orders_count > {enter}"),
        leave: leave.map(|leave| format!("customer.orders_count < {leave}")),
    };
    assert_eq!(own("label = \"Good\""), flag("Good", "1", Some("1")));
    assert_eq!(own("enter = \"customer.orders_count > 5\""), flag("VIP", "5", None));
    assert_eq!(own("leave = \"customer.orders_count < 2\""), flag("VIP", "1", Some("2")));
    let value = SignalRule::Valued { value: "customer.currency".to_owned() };
    assert_eq!(own("value = \"customer.currency\""), value);
}

#[test]
fn a_shop_may_leave_out_what_was_said_and_not_what_was_not() {
    let own = "[shops.\"a.myshopify.com\".fields.customer_key]\nowner = \"shop\"\n";
    assert!(parse(&format!("{LEAST}{own}")).is_ok());
    let new = "[shops.\"a.myshopify.com\".fields.phone]\nsync = true";
    has(new, 4, "shops.\"a.myshopify.com\".fields.phone.use", &["is missing"]);
}

#[test]
fn the_key_by_which_records_are_found_cannot_be_given_up() {
    for treated in ["sync = false", "owner = \"crm\"", "policy = \"set-once\""] {
        let text = format!("{LEAST}{treated}\n");
        let told = mistakes(&text);
        assert!(
            told.to_string().contains("line 2: `fields.customer_key` cannot be treated like this"),
            "{told}"
        );
    }
    let without = "version = 1\n[fields.phone]\nuse = \"For the call-backs.\"";
    assert!(mistakes(without).to_string().contains("`fields.customer_key` is missing"));
}

#[test]
fn forward_only_needs_an_order() {
    let phone = "[fields.phone]\nuse = \"For the call-backs.\"\npolicy = \"forward-only\"";
    has(phone, 4, "fields.phone.policy", &["have no order", "lifecycle_stage", "last_order_at"]);
    let spent = "[fields.total_spent]\nuse = \"Who is called first.\"\npolicy = \"forward-only\"";
    assert!(parse(&format!("{LEAST}{spent}")).is_ok());
}

#[test]
fn stages_are_in_the_order_and_rise() {
    let stages = |list: &str| format!("[lifecycle]\nstages = [{list}]");
    let customer = "{ stage = \"customer\", from_orders = 1 }";
    let unknown = stages("{ stage = \"custmer\", from_orders = 1 }");
    has(&unknown, 4, "lifecycle.stages", &["did you mean \"customer\"?"]);
    let back = stages(&format!("{customer}, {{ stage = \"lead\", from_orders = 2 }}"));
    has(&back, 4, "lifecycle.stages", &["does not rise"]);
    let same = stages(&format!("{customer}, {{ stage = \"evangelist\", from_orders = 1 }}"));
    has(&same, 4, "lifecycle.stages", &["does not rise"]);
    has(
        "[lifecycle]\norder = [\"lead\", \"lead\", \"customer\", \"evangelist\"]",
        5,
        "lifecycle.order[1]",
        &["twice"],
    );
    has(&stages("{ from_orders = 1 }"), 5, "lifecycle.stages[0].stage", &["is missing"]);
}

#[test]
fn money_is_a_text_and_a_status_has_the_shape_of_one() {
    for amount in ["\"five hundred\"", "\"500,00\"", "\"-1\"", "\"500 usd\""] {
        has(
            &format!("[orders]\nhigh_value_above = {amount}"),
            5,
            "orders.high_value_above",
            &["\"500.00 USD\""],
        );
    }
    has("[orders]\nrefund_notes = \"yes\"", 5, "orders.refund_notes", &["true or false"]);
    has("[orders]\npipeline = \"\"", 5, "orders.pipeline", &["an empty text"]);
    has("[orders.stages]\n\"paid/\" = \"won\"", 5, "orders.stages.\"paid/\"", &["\"paid/fulfilled\""]);
    has("[orders.stages]\nPAID = \"won\"\npaid = \"won\"", 6, "orders.stages.paid", &["another letter case"]);
    has("[orders.stages]\npaid = \"\"", 5, "orders.stages.paid", &["an empty text"]);
    has("[orders]\nmode = \"deals\"\nstages = {}", 4, "orders.stages", &["a deal needs a stage"]);
}

#[test]
fn a_tag_cannot_be_wanted_and_unwanted() {
    has("[tags]\nonly = [\"VIP\"]\nnever = [\"vip\"]", 4, "tags.never", &["1 of the tags"]);
}

#[test]
fn a_shop_is_named_by_its_domain() {
    has("[shops.demo.tags]", 4, "shops.demo", &["[shops.\"your-shop.myshopify.com\"]"]);
}

#[test]
fn s_214_a_metafield_has_a_name_on_both_sides() {
    let of =
        |key: &str, field: &str| format!("[metafields.{key}]\nfield = {field}\nuse = \"Segments by tier.\"");
    has(&of("tier", "\"tier\""), 4, "metafields.tier", &["[metafields.\"custom.loyalty_tier\"]"]);
    has(&of("\"custom.tier\"", "\"Tier 1\""), 5, "metafields.\"custom.tier\".field", &["small letters"]);
    has(&of("\"custom.tier\"", "\"email\""), 5, "metafields.\"custom.tier\".field", &["ours"]);
    let two = format!("{}\n{}", of("\"custom.a_b\"", "\"tier\""), of("\"custom.c_d\"", "\"tier\""));
    has(&two, 7, "metafields.\"custom.c_d\".field", &["another metafield"]);
    has(
        "[metafields.\"custom.tier\"]\nuse = \"Segments by tier.\"",
        4,
        "metafields.\"custom.tier\".field",
        &["missing"],
    );
}

#[test]
fn s_014_s_093_s_214_a_metafield_cannot_be_what_is_the_crms_or_ours() {
    for name in
        ["hubspot_owner_id", "hs_lead_status", "lead_status", "hs_object_id", "firstname", "shopify_tier"]
    {
        let text = format!("[metafields.\"custom.tier\"]\nfield = \"{name}\"\nuse = \"Segments by tier.\"");
        has(&text, 5, "metafields.\"custom.tier\".field", &["ours or the CRM's"]);
    }
    let as_field = "[fields.tier]\nuse = \"Segments by tier.\"";
    has(as_field, 4, "fields.tier", &["no field of ours"]);
}

#[test]
fn s_214_a_metafield_has_an_owner_and_a_policy_but_no_order() {
    let of = |more: &str| {
        format!("[metafields.\"custom.tier\"]\nfield = \"tier\"\nuse = \"Segments by tier.\"\n{more}")
    };
    let book =
        parse(&format!("{LEAST}{}", of("owner = \"crm\"\npolicy = \"set-once\""))).expect("it is right");
    let tier = Field::from_name("tier").expect("a metafield's name");
    let rule = FieldRule { is_synced: true, owner: Owner::Crm, policy: Policy::SetOnce };
    assert_eq!(book.usual.fields.get(&tier), Some(&rule));
    assert!(!book.usual.writes(tier) && book.written_metafields().is_empty());
    has(&of("policy = \"forward-only\""), 4, "metafields.\"custom.tier\".policy", &["have no order"]);
    has(&of("polici = \"always\""), 7, "metafields.\"custom.tier\".polici", &["\"policy\""]);
}

#[test]
fn s_214_a_shop_may_switch_a_metafield_off_or_call_it_something_else() {
    let usual = "[metafields.\"custom.tier\"]\nfield = \"tier\"\nuse = \"Segments by tier.\"\n";
    let own = |more: &str| {
        let shop = "[shops.\"a.myshopify.com\".metafields.\"custom.tier\"]";
        let book = parse(&format!("{LEAST}{usual}{shop}\n{more}\n")).expect("it is right");
        let names =
            |rules: &Rules| rules.written_metafields().map(|(_, name)| name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(&book.usual), ["tier"]);
        let own = book.shops.values().next().expect("a shop of its own").clone();
        (names(&own), own.writes(Field::from_name("tier").expect("a metafield's name")))
    };
    assert_eq!(own("sync = false"), (vec![], false));
    assert_eq!(own("field = \"rank\""), (vec!["rank"], false));
    assert_eq!(own("policy = \"when-changed\""), (vec!["tier"], true));
}

#[test]
fn s_214_there_are_not_more_metafields_than_a_read_can_carry() {
    let of = |n: usize| {
        format!("[metafields.\"custom.fact_{n}\"]\nfield = \"fact_{n}\"\nuse = \"Segments by fact.\"\n")
    };
    let text = |all: usize| (0..all).map(of).collect::<String>();
    assert!(parse(&format!("{LEAST}{}", text(Rules::MAX_METAFIELDS))).is_ok());
    let told = mistakes(&format!("{LEAST}{}", text(Rules::MAX_METAFIELDS + 1)));
    assert_eq!(told.iter().count(), 1, "{told}");
    assert!(told.to_string().contains("the 50 metafields"), "{told}");
}

#[test]
fn the_version_is_said_and_known() {
    assert!(
        mistakes("[fields.customer_key]\nuse = \"It ties both halves.\"").to_string().contains("version = 1")
    );
    let told = mistakes(&LEAST.replace("version = 1", "version = 2"));
    assert!(told.to_string().contains("manifests of version 1"), "{told}");
    assert!(mistakes("").to_string().contains("`fields` is missing"));
}

#[test]
fn s_056_all_mistakes_are_told_at_once_by_line() {
    let text = FILE
        .replace("version = 1", "version = \"1\"")
        .replace("[fields.phone]\npolicy = \"when-changed\"", "[fields.fone]\npolicy = \"sometimes\"")
        .replace("mode = \"aggregate\"", "mode = \"all\"")
        .replace("phone = true", "fone = false");
    let told = mistakes(&text);
    let keys: Vec<_> = told.iter().map(|mistake| mistake.key.as_str()).collect();
    assert_eq!(
        keys,
        ["version", "fields.fone", "fields.fone.policy", "orders.mode", "identity.fone"],
        "{told}"
    );
    assert!(told.iter().map(|mistake| mistake.line).is_sorted());
    assert!(told.to_string().starts_with("the manifest has 5 mistakes\n  line "), "{told}");
}

#[test]
fn what_is_no_toml_is_told_beside_what_is_wrong_in_the_rest() {
    let told = mistakes("version = 1\n[fields.customer_key]\nuse = \n[identity]\nphone = \"no\"\n= 3\n");
    let lines: Vec<_> = told.iter().map(|mistake| (mistake.line, mistake.key.as_str())).collect();
    assert_eq!(lines, [(3, ""), (5, "identity.phone"), (6, "")], "{told}");
}

#[test]
fn a_mistake_never_repeats_the_value() {
    let told = mistakes(&format!(
        "{LEAST}[orders]\nmode = \"shpat_0123456789\"\nhigh_value_above = \"pat-eu1-1234\""
    ));
    assert!(!told.to_string().contains("shpat") && !told.to_string().contains("pat-eu1"), "{told}");
}

proptest! {
    #[test]
    fn no_text_makes_it_fall_over(text in any::<String>()) {
        drop(parse(&text));
    }

    #[test]
    fn nothing_like_toml_makes_it_fall_over(
        lines in prop::collection::vec("(\\[{0,2}[a-z_.\"]{0,12}\\]{0,2}|[a-z_.\"]{1,12} ?= ?[0-9a-z\"'\\[\\]{},=. -]{0,20})", 0..20)
    ) {
        drop(parse(&lines.join("\n")));
    }

    /// A file in which something was cut out, put in or repeated: refused in words, or taken.
    #[test]
    fn no_slip_in_the_file_makes_it_fall_over(at in 0..FILE.len(), length in 0..60_usize, put in "[ -~\n]{0,8}") {
        let mut bytes = FILE.as_bytes().to_vec();
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, put.bytes());
        let text = String::from_utf8_lossy(&bytes);
        if let Err(mistakes) = parse(&text) {
            let lines = text.lines().count() + 1;
            prop_assert!(mistakes.iter().all(|mistake| (1..=lines).contains(&mistake.line)), "{}", mistakes);
            prop_assert!(mistakes.iter().all(|mistake| !mistake.mend.is_empty()));
        }
    }

    /// Whatever is taken still writes nothing that was not listed.
    #[test]
    fn a_field_that_is_not_listed_is_not_written(gone in 1..Field::ALL.len()) {
        let field = Field::ALL[gone];
        let head = format!("[fields.{}]", field.name());
        let (before, after) = FILE.split_once(&head).expect("it is listed");
        let after = after.split_once("\n\n").expect("another section follows").1;
        let book = parse(&format!("{before}{after}")).expect("the rest is right");
        prop_assert!(!book.usual.writes(field));
    }
}
