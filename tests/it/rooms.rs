//! The map is a test: who may lean on whom. A new arrow is a visible line in a review.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may lean on; `dev` marks what its tests may lean on beside them.
const ARROWS: [(&str, &[&str], &[&str]); 32] = [
    ("shared/bulk", &["domain", "statistics"], &[]),
    ("shared/drift", &["bulk", "domain"], &[]),
    ("shared/domain", &[], &[]),
    ("shared/manifest", &["domain", "signals"], &[]),
    ("shared/outbound", &[], &[]),
    ("shared/lambda-host", &[], &[]),
    ("shared/notify", &[], &["notify"]),
    ("shared/notify-slack", &["notify", "outbound"], &["twin-slack"]),
    ("tests/twin-slack", &[], &[]),
    ("shared/crm", &["domain"], &["crm"]),
    ("shared/crm-hubspot", &["crm", "domain", "outbound"], &["twin-hubspot"]),
    ("shared/crm-salesforce", &["crm", "domain", "outbound"], &["twin-salesforce"]),
    ("shared/store", &["domain"], &["store"]),
    ("shared/store-aws", &["domain", "store"], &["store-aws"]),
    ("shared/shopify", &["domain", "outbound"], &[]),
    ("shared/signals", &["domain"], &[]),
    ("shared/statistics", &[], &[]),
    (
        "shared/connect",
        &["crm", "crm-hubspot", "crm-salesforce", "domain", "notify-slack", "outbound", "shopify"],
        &[],
    ),
    (
        "shared/flows",
        &["bulk", "crm", "domain", "drift", "notify", "shopify", "signals", "statistics", "store"],
        &[],
    ),
    ("functions/receiver", &["domain", "flows", "lambda-host", "shopify", "store-aws"], &[]),
    (
        "functions/worker",
        &[
            "connect",
            "domain",
            "flows",
            "lambda-host",
            "manifest",
            "outbound",
            "shopify",
            "signals",
            "store-aws",
        ],
        &[],
    ),
    (
        "functions/actions",
        &[
            "connect",
            "domain",
            "flows",
            "lambda-host",
            "manifest",
            "notify",
            "notify-slack",
            "outbound",
            "shopify",
            "store-aws",
        ],
        &[],
    ),
    (
        "functions/reconcile",
        &[
            "connect",
            "domain",
            "drift",
            "flows",
            "lambda-host",
            "manifest",
            "notify",
            "notify-slack",
            "outbound",
            "shopify",
            "store",
            "store-aws",
        ],
        &[],
    ),
    ("functions/due", &["domain", "flows", "lambda-host", "shopify", "store-aws"], &[]),
    ("functions/replay", &["flows", "lambda-host", "store-aws"], &[]),
    ("tests/twin-shopify", &[], &[]),
    ("tests/twin-hubspot", &[], &[]),
    ("tests/twin-salesforce", &[], &[]),
    ("tests/floor", &[], &[]),
    (
        "tests/bench",
        &[
            "bulk",
            "crm",
            "crm-hubspot",
            "crm-salesforce",
            "domain",
            "flows",
            "outbound",
            "signals",
            "store",
            "twin-hubspot",
            "twin-shopify",
        ],
        &[],
    ),
    (
        "tests/it",
        &[],
        &[
            "bulk",
            "connect",
            "crm",
            "domain",
            "drift",
            "flows",
            "manifest",
            "notify",
            "notify-slack",
            "outbound",
            "shopify",
            "signals",
            "statistics",
            "store",
            "twin-hubspot",
            "twin-salesforce",
            "twin-shopify",
            "twin-slack",
        ],
    ),
    (
        "tests/xtask",
        &[
            "bench",
            "connect",
            "manifest",
            "outbound",
            "twin-hubspot",
            "twin-salesforce",
            "twin-shopify",
            "twin-slack",
        ],
        &[],
    ),
];

/// Drawers, not rooms.
const REFUSED_NAMES: [&str; 12] = [
    "util", "utils", "helper", "helpers", "common", "misc", "shared", "types", "core", "base", "prelude",
    "stuff",
];

/// Who may lean on what of the outside world, where it matters.
const CONFINED: [(&str, &[&str]); 7] = [
    ("reqwest", &["shared/outbound", "tests/xtask"]),
    ("aws-sdk-sqs", &["shared/store-aws"]),
    ("aws-sdk-dynamodb", &["shared/store-aws"]),
    ("aws-sdk-s3", &["shared/store-aws"]),
    (
        "aws-sdk-secretsmanager",
        &[
            "shared/lambda-host",
            "functions/receiver",
            "functions/worker",
            "functions/actions",
            "functions/reconcile",
            "functions/due",
        ],
    ),
    ("lambda_http", &["functions/receiver"]),
    (
        "lambda_runtime",
        &[
            "shared/lambda-host",
            "functions/receiver",
            "functions/worker",
            "functions/actions",
            "functions/reconcile",
            "functions/due",
            "functions/replay",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn rooms() -> Vec<String> {
    let mut rooms = Vec::new();
    for street in ["shared", "functions", "tests"] {
        for entry in fs::read_dir(root().join(street)).unwrap() {
            let path = entry.unwrap().path();
            if path.join("Cargo.toml").exists() {
                rooms.push(format!("{street}/{}", path.file_name().unwrap().to_str().unwrap()));
            }
        }
    }
    rooms.sort();
    rooms
}

fn manifest(room: &str) -> toml::Table {
    fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap().parse().unwrap()
}

fn dependencies(manifest: &toml::Table, section: &str) -> BTreeSet<String> {
    manifest
        .get(section)
        .and_then(toml::Value::as_table)
        .map_or_else(BTreeSet::new, |t| t.keys().cloned().collect())
}

fn packages() -> BTreeMap<String, String> {
    let name = |room: &str| manifest(room)["package"]["name"].as_str().unwrap().to_owned();
    rooms().into_iter().map(|room| (name(&room), room)).collect()
}

#[test]
fn every_room_leans_only_on_what_the_map_allows() {
    let packages = packages();
    let ours =
        |names: BTreeSet<String>| names.into_iter().filter(|n| packages.contains_key(n)).collect::<Vec<_>>();
    for room in rooms() {
        let Some((_, may, dev)) = ARROWS.iter().find(|(name, ..)| *name == room) else {
            panic!("`{room}` is not on the map: add it to tests/it/rooms.rs and to shared/README.md");
        };
        let manifest = manifest(&room);
        for other in ours(dependencies(&manifest, "dependencies")) {
            assert!(may.contains(&other.as_str()), "`{room}` must not depend on `{other}`");
        }
        for other in ours(dependencies(&manifest, "dev-dependencies")) {
            let allowed = may.contains(&other.as_str()) || dev.contains(&other.as_str());
            assert!(allowed, "the tests of `{room}` must not depend on `{other}`");
        }
    }
}

#[test]
fn the_map_has_no_room_that_is_not_there() {
    let rooms = rooms();
    for (room, ..) in ARROWS {
        assert!(rooms.iter().any(|there| there == room), "`{room}` is on the map and not in the house");
    }
}

#[test]
fn only_some_rooms_know_the_outside_world() {
    for room in rooms() {
        let known = dependencies(&manifest(&room), "dependencies");
        for (library, by) in CONFINED {
            assert!(
                !known.contains(library) || by.contains(&room.as_str()),
                "`{room}` must not know `{library}`"
            );
        }
    }
}

#[test]
fn s_080_the_receiver_has_no_way_to_a_crm_or_to_a_shops_api() {
    let receiver = manifest("functions/receiver");
    for room in ["flows", "shopify"] {
        let features = receiver["dependencies"][room].get("features");
        assert!(features.is_none(), "the receiver takes `{room}` without its features: {features:?}");
    }
}

#[test]
fn no_room_and_no_file_is_a_drawer() {
    let mut drawers = Vec::new();
    for room in rooms() {
        let name = room.rsplit('/').next().unwrap().to_owned();
        if REFUSED_NAMES.contains(&name.as_str()) {
            drawers.push(room.clone());
        }
        walk(&root().join(&room), &mut |path| {
            let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
            if REFUSED_NAMES.contains(&stem.as_str()) {
                drawers.push(path.display().to_string());
            }
        });
    }
    assert!(drawers.is_empty(), "drawers, not rooms: {drawers:?}");
}

#[test]
fn every_room_says_what_it_is_and_what_it_never_says() {
    for room in rooms() {
        let readme = fs::read_to_string(root().join(&room).join("README.md"));
        let readme = readme.unwrap_or_else(|_| panic!("`{room}` has no README.md"));
        let mut lines = readme.lines().filter(|line| !line.trim().is_empty());
        assert!(
            lines.next().unwrap_or_default().starts_with("# "),
            "`{room}`: the README begins with its name"
        );
        let _what_it_is = lines.next().unwrap_or_else(|| panic!("`{room}`: the README says nothing"));
        let head: Vec<_> = readme.lines().take(8).collect();
        assert!(head.iter().any(|l| l.contains("ever says")), "`{room}`: the README says what it never says");
    }
}

#[test]
fn the_map_for_people_names_every_room() {
    let map = fs::read_to_string(root().join("shared/README.md")).unwrap();
    for room in rooms() {
        assert!(map.contains(&format!("`{room}`")), "shared/README.md does not name `{room}`");
    }
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            visit(&path);
            walk(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path);
        }
    }
}
