//! Bulk operations: what each has to do, how far it is by the clock, and the file that it leaves.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{faults::BulkFault, gid::gid};

/// So many may be at work at once (shopify.dev/docs/api/usage/bulk-operations/queries).
const PLACES: usize = 5;
/// It is created for a second, and complete after two more; being cancelled takes as long.
const WAITS: SignedDuration = SignedDuration::from_secs(1);
const WORKS: SignedDuration = SignedDuration::from_secs(3);
/// A result is kept for seven days.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// All operations of a shop, the oldest first.
#[derive(Default)]
pub(crate) struct Bulks {
    pub(crate) all: Vec<Bulk>,
    /// What the last wish to begin one came to: the place in `all`, or the code of the refusal.
    pub(crate) last: Option<Result<usize, &'static str>>,
    /// Where this twin is reached.
    pub(crate) host: String,
}

/// One operation.
pub(crate) struct Bulk {
    pub(crate) id: u64,
    pub(crate) query: String,
    pub(crate) status: &'static str,
    pub(crate) created_at: Timestamp,
    /// When the state was reached that it is in.
    pub(crate) since: Timestamp,
    fault: Option<BulkFault>,
    paper: Paper,
}

/// A file with what is told of it.
pub(crate) struct Paper {
    pub(crate) bytes: Vec<u8>,
    pub(crate) objects: u64,
    pub(crate) roots: u64,
    pub(crate) size: u64,
}

impl Bulks {
    /// Whether there is a place for one more.
    pub(crate) fn is_full(&self) -> bool {
        self.all.iter().filter(|bulk| bulk.holds_a_place()).count() >= PLACES
    }

    /// Begins an operation; `data` is what its document comes to now.
    pub(crate) fn begin(
        &mut self,
        query: &str,
        data: Value,
        grouped: bool,
        fault: Option<BulkFault>,
        now: Timestamp,
    ) {
        let id = 720_918 + self.all.len() as u64;
        let paper = Paper::of(data, grouped, fault);
        let query = query.to_owned();
        self.all.push(Bulk { id, query, status: "CREATED", created_at: now, since: now, fault, paper });
        self.last = Some(Ok(self.all.len() - 1));
    }

    /// Lets all operations be where they are by now.
    pub(crate) fn move_on(&mut self, now: Timestamp) {
        self.all.iter_mut().for_each(|bulk| bulk.move_on(now));
    }

    /// Cancels one that is at work.
    pub(crate) fn cancel(&mut self, id: &str, now: Timestamp) {
        let found = self.all.iter_mut().find(|bulk| bulk.gid() == id);
        if let Some(bulk) = found.filter(|bulk| matches!(bulk.status, "CREATED" | "RUNNING")) {
            (bulk.status, bulk.since) = ("CANCELING", now);
        }
    }

    /// The bytes under this name, while they are kept.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        let id = name.strip_suffix(".jsonl")?.parse::<u64>().ok()?;
        let bulk = self.all.iter().find(|bulk| bulk.id == id)?;
        matches!(bulk.status, "COMPLETED" | "FAILED").then_some(&bulk.paper.bytes)
    }
}

impl Bulk {
    pub(crate) fn gid(&self) -> String {
        gid("BulkOperation", self.id)
    }

    pub(crate) fn paper(&self) -> &Paper {
        &self.paper
    }

    /// How many objects, and how many of them at the root, it has gone through.
    pub(crate) fn counted(&self) -> (u64, u64) {
        match self.status {
            "CREATED" => (0, 0),
            "COMPLETED" | "EXPIRED" => (self.paper.objects, self.paper.roots),
            _ => (self.paper.objects / 2, self.paper.roots / 2),
        }
    }

    fn holds_a_place(&self) -> bool {
        matches!(self.status, "CREATED" | "RUNNING" | "CANCELING")
    }

    fn move_on(&mut self, now: Timestamp) {
        let (of_all, of_state) = (now.duration_since(self.created_at), now.duration_since(self.since));
        let next = match self.status {
            "CANCELING" if of_state >= WORKS => "CANCELED",
            "COMPLETED" if of_state >= KEPT => "EXPIRED",
            "CREATED" | "RUNNING" if of_all >= WORKS => self.end(),
            "CREATED" if of_all >= WAITS => "RUNNING",
            _ => return,
        };
        if next != self.status {
            (self.status, self.since) = (next, now);
        }
    }

    fn end(&self) -> &'static str {
        match self.fault {
            Some(BulkFault::Failed) => "FAILED",
            Some(BulkFault::Expired) => "EXPIRED",
            Some(BulkFault::Canceled) => "CANCELED",
            Some(BulkFault::Stalled) => "RUNNING",
            _ => "COMPLETED",
        }
    }
}

impl Paper {
    fn of(data: Value, grouped: bool, fault: Option<BulkFault>) -> Self {
        let mut lines = Vec::new();
        let mut level: Vec<Value> = roots(data);
        let roots = level.len() as u64;
        if grouped {
            for node in level {
                with_children(node, &mut lines);
            }
        } else {
            while !level.is_empty() {
                let mut below = Vec::new();
                for mut node in level {
                    below.extend(children(&mut node));
                    lines.push(format!("{node}\n"));
                }
                level = below;
            }
        }
        let (objects, size) = (lines.len() as u64, lines.iter().map(|line| line.len() as u64).sum());
        Self { bytes: spoilt(lines, fault), objects, roots, size }
    }
}

fn with_children(mut node: Value, lines: &mut Vec<String>) {
    let below = children(&mut node);
    lines.push(format!("{node}\n"));
    for child in below {
        with_children(child, lines);
    }
}

/// The nodes of the one field at the top.
fn roots(mut data: Value) -> Vec<Value> {
    let top = data.as_object_mut().and_then(|fields| fields.values_mut().next());
    top.map(nodes).unwrap_or_default()
}

fn is_connection(value: &Value) -> bool {
    value.get("edges").is_some_and(Value::is_array)
}

/// Takes the nodes out of a connection: a shop's whole is too large to be copied at each level.
fn nodes(connection: &mut Value) -> Vec<Value> {
    let edges = connection.get_mut("edges").and_then(Value::as_array_mut);
    edges.into_iter().flatten().map(|edge| edge["node"].take()).collect()
}

/// Takes the connections out of a node; what was on them says whose it is.
fn children(node: &mut Value) -> Vec<Value> {
    let parent = node["id"].clone();
    let Some(fields) = node.as_object_mut() else { return Vec::new() };
    let names: Vec<String> =
        fields.iter().filter(|(_, value)| is_connection(value)).map(|(name, _)| name.clone()).collect();
    let mut all = Vec::new();
    for mut child in
        names.iter().filter_map(|name| fields.remove(name)).flat_map(|mut taken| nodes(&mut taken))
    {
        child["__parentId"] = parent.clone();
        all.push(child);
    }
    all
}

fn spoilt(mut lines: Vec<String>, fault: Option<BulkFault>) -> Vec<u8> {
    let middle = lines.len() / 2;
    match fault {
        Some(BulkFault::MissingLine) if middle < lines.len() => drop(lines.remove(middle)),
        Some(BulkFault::DoubledLine) if middle < lines.len() => lines.insert(middle, lines[middle].clone()),
        Some(BulkFault::BrokenJson) if middle < lines.len() => {
            lines[middle] = lines[middle].replacen(':', ";", 1);
        }
        _ => {}
    }
    let mut bytes = lines.concat().into_bytes();
    match fault {
        Some(BulkFault::Cut) => bytes.truncate(bytes.len().saturating_sub(10)),
        Some(BulkFault::Failed) => bytes.truncate(bytes.len() / 2),
        _ => {}
    }
    bytes
}
