//! What stands on a contact as long as a signal is on, and goes with it.

use twin_hubspot::Property;

use super::super::living::ada;
use super::{buys_and_is_seen, is_refunded};
use crate::world::Office;

const TAGGED: &str = "[signals.wholesale]\nlabel = \"Wholesale\"\nenter = '\"wholesale\" in customer.tags'\n\
                      use = \"Quoted from another price list.\"\n\
                      [signals.pricing_tier]\nvalue = '\"wholesale\" in customer.tags ? \"wholesale\" : \"retail\"'\n\
                      use = \"Says which price list a rep quotes from.\"\n\
                      [actions.wholesale_segment]\non = \"wholesale\"\nlive_since = 2026-01-01\n\
                      do = \"segment\"\nsegment = \"Trade\"\n\
                      [actions.wholesale_note]\non = \"wholesale\"\nlive_since = 2026-01-01\n\
                      do = \"note\"\nlines = [\"Buys for others: {customer.tags}.\"]\n";

#[tokio::test]
async fn s_115_and_s_120_a_vip_is_in_a_segment_and_has_points_until_they_are_none_any_more() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    let stands = || (office.says(ada, "shopify_segments"), office.says(ada, "shopify_score"));
    let is = |segments: &str, score: &str| (segments.to_owned(), score.to_owned());
    let order = buys_and_is_seen(&office, ada, "500.00").await;
    assert_eq!(stands(), is("", "0"));
    buys_and_is_seen(&office, ada, "500.00").await;
    assert_eq!(stands(), is("High Value", "25"));
    is_refunded(&office, order, "50.00").await;
    assert_eq!(stands(), is("High Value", "25"), "950.00 is between the two");
    is_refunded(&office, order, "40.00").await;
    assert_eq!(stands(), is("High Value", "0"), "a VIP, and a risk");
    is_refunded(&office, order, "100.00").await;
    assert_eq!(stands(), is("", "-25"));
}

#[tokio::test]
async fn s_056_s_121_and_s_136_tags_make_a_tier_a_segment_and_a_note_and_take_the_first_two_away() {
    let office = Office::ruled_also_by(TAGGED).await;
    office.world.portal.define_property(Property::new("signal_pricing_tier", "string", "text")).unwrap();
    let ada = ada(&office.world.shop);
    office.live().await;
    let turns = [
        (&["vip"][..], "retail", "", 0),
        (&["vip", "wholesale"], "wholesale", "Trade", 1),
        (&["wholesale"], "wholesale", "Trade", 1),
        (&[], "retail", "", 1),
        (&["wholesale"], "wholesale", "Trade", 2),
    ];
    for (tags, tier, segments, notes) in turns {
        office.world.a_minute_later();
        let tagged = |customer: &mut twin_shopify::Customer| {
            customer.tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        };
        office.world.shop.change_customer(ada, tagged).unwrap();
        office.live().await;
        assert_eq!(office.says(ada, "signal_pricing_tier"), tier, "{tags:?}");
        assert_eq!(office.says(ada, "shopify_segments"), segments, "{tags:?}");
        assert_eq!(office.world.portal.notes().len(), notes, "{tags:?}");
    }
    let notes = office.world.portal.notes();
    let body = &notes[0].properties["hs_note_body"];
    assert!(body.contains("Buys for others: vip, wholesale."), "{body}");
}

#[tokio::test]
async fn s_024_who_is_nobody_in_particular_has_no_label_no_segment_and_no_points() {
    let office = Office::new().await;
    let ada = ada(&office.world.shop);
    office.live().await;
    assert_eq!(office.labels(ada), [""; 0]);
    assert_eq!(
        (office.says(ada, "shopify_segments"), office.says(ada, "shopify_score")),
        (String::new(), "0".to_owned())
    );
    assert!(office.world.portal.tasks().is_empty() && office.told().is_empty());
}

#[tokio::test]
async fn s_125_a_chance_to_sell_more_is_one_deal_with_what_one_of_theirs_is_usually_worth() {
    let upsell = "[actions.upsell]\non = \"repeat_purchaser\"\nlive_since = 2026-01-01\nonce = \"ever\"\n\
                  do = \"deal\"\nname = \"Upsell after {customer.orders_count} orders\"\nstage = \"open\"\n";
    let office = Office::ruled_also_by(upsell).await;
    office.world.portal.define_deal_stages(&[("open", "0.2")]).unwrap();
    let ada = ada(&office.world.shop);
    for total in ["20.00", "40.00", "60.00"] {
        buys_and_is_seen(&office, ada, total).await;
    }
    let deals = office.world.portal.deals();
    assert_eq!(deals.len(), 1, "{deals:?}");
    let says = |name: &str| deals[0].properties[name].as_str();
    assert_eq!((says("dealname"), says("dealstage")), ("Upsell after 2 orders", "open"));
    assert_eq!(says("amount").parse::<rust_decimal::Decimal>(), Ok(30.into()));
    assert_eq!(deals[0].contacts, [office.world.contact(ada).id]);
}
