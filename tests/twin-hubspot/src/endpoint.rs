//! Which endpoint a call is for: the one table of method and path.

use crate::{call::Call, kind::Kind, refusal::Refusal};

/// The dated versions of the API this portal speaks.
const VERSIONS: [&str; 2] = ["2026-03", "2026-09"];

/// The names endpoints are counted under, after the object type.
const NAMES: [&str; 26] = [
    "batch/upsert",
    "batch/create",
    "batch/update",
    "batch/read",
    "batch/archive",
    "create",
    "list",
    "get",
    "update",
    "archive",
    "search",
    "merge",
    "gdpr-delete",
    "associate",
    "batch/associate",
    "properties/list",
    "properties/get",
    "properties/create",
    "properties/batch/create",
    "properties/update",
    "properties/groups/list",
    "properties/groups/create",
    "pipelines/list",
    "pipelines/get",
    "pipelines/create",
    "pipelines/stages/create",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BatchOp {
    Upsert,
    Create,
    Update,
    Read,
    Archive,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Batch { kind: Kind, op: BatchOp },
    Create { kind: Kind },
    List { kind: Kind },
    Get { kind: Kind, id: String, by: Option<String> },
    Update { kind: Kind, id: String, by: Option<String> },
    Archive { kind: Kind, id: String },
    Search { kind: Kind },
    Merge,
    GdprDelete,
    Associate { from: (Kind, String), to: (Kind, String) },
    AssociateMany { from: Kind, to: Kind },
    Properties { kind: Kind },
    Property { kind: Kind, name: String },
    CreateProperty { kind: Kind },
    CreateProperties { kind: Kind },
    ChangeProperty { kind: Kind, name: String },
    Groups { kind: Kind },
    CreateGroup { kind: Kind },
    Pipelines,
    Pipeline { id: String },
    CreatePipeline,
    CreateStage { pipeline: String },
    Account,
    Usage,
}

impl Endpoint {
    /// The endpoint of a call: 404 for a path (or version) that does not exist, 405 for a wrong method.
    pub(crate) fn of(call: &Call) -> Result<Self, Refusal> {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        let method = call.method.as_str();
        let by = call.parameter("idProperty").map(str::to_owned);
        if let Some(endpoint) = route(method, &segments, by.clone()) {
            return Ok(endpoint);
        }
        let others = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        let elsewhere = others.iter().any(|other| route(other, &segments, by.clone()).is_some());
        Err(if elsewhere { Refusal::method_not_allowed() } else { Refusal::not_found() })
    }

    /// The name it is counted under, e.g. `contacts/batch/upsert`.
    pub(crate) fn name(&self) -> String {
        let of = |kind: &Kind, rest: &str| format!("{}/{rest}", kind.plural());
        match self {
            Self::Batch { kind, op } => of(kind, &format!("batch/{}", op.name())),
            Self::Create { kind } => of(kind, "create"),
            Self::List { kind } => of(kind, "list"),
            Self::Get { kind, .. } => of(kind, "get"),
            Self::Update { kind, .. } => of(kind, "update"),
            Self::Archive { kind, .. } => of(kind, "archive"),
            Self::Search { kind } => of(kind, "search"),
            Self::Merge => of(&Kind::Contact, "merge"),
            Self::GdprDelete => of(&Kind::Contact, "gdpr-delete"),
            Self::Associate { from: (kind, _), .. } => of(kind, "associate"),
            Self::AssociateMany { from, .. } => of(from, "batch/associate"),
            Self::Properties { kind } => of(kind, "properties/list"),
            Self::Property { kind, .. } => of(kind, "properties/get"),
            Self::CreateProperty { kind } => of(kind, "properties/create"),
            Self::CreateProperties { kind } => of(kind, "properties/batch/create"),
            Self::ChangeProperty { kind, .. } => of(kind, "properties/update"),
            Self::Groups { kind } => of(kind, "properties/groups/list"),
            Self::CreateGroup { kind } => of(kind, "properties/groups/create"),
            Self::Pipelines => of(&Kind::Deal, "pipelines/list"),
            Self::Pipeline { .. } => of(&Kind::Deal, "pipelines/get"),
            Self::CreatePipeline => of(&Kind::Deal, "pipelines/create"),
            Self::CreateStage { .. } => of(&Kind::Deal, "pipelines/stages/create"),
            Self::Account => "account/details".into(),
            Self::Usage => "account/usage".into(),
        }
    }

    /// Whether an endpoint is counted under this name, or under one that ends with it after a slash.
    pub(crate) fn is_name(name: &str) -> bool {
        let of_kind = Kind::ALL.iter().flat_map(|kind| NAMES.map(|rest| format!("{}/{rest}", kind.plural())));
        let all = of_kind.chain(["account/details".to_owned(), "account/usage".to_owned()]);
        all.into_iter().any(|full| full == name || full.ends_with(&format!("/{name}")))
    }

    pub(crate) const fn is_search(&self) -> bool {
        matches!(self, Self::Search { .. })
    }

    pub(crate) const fn is_batch(&self) -> bool {
        matches!(self, Self::Batch { .. })
    }

    /// The object type whose records a call is about.
    pub(crate) const fn kind(&self) -> Option<Kind> {
        match self {
            Self::Batch { kind, .. }
            | Self::Create { kind }
            | Self::Get { kind, .. }
            | Self::Update { kind, .. }
            | Self::Archive { kind, .. }
            | Self::Associate { from: (kind, _), .. } => Some(*kind),
            _ => None,
        }
    }

    /// The record the path names, and the property it is named by when that is not the id.
    pub(crate) fn addressed(&self) -> Option<(Option<&str>, &str)> {
        match self {
            Self::Get { id, by, .. } | Self::Update { id, by, .. } => Some((by.as_deref(), id)),
            Self::Archive { id, .. } | Self::Associate { from: (_, id), .. } => Some((None, id)),
            _ => None,
        }
    }
}

impl BatchOp {
    const ALL: [Self; 5] = [Self::Upsert, Self::Create, Self::Update, Self::Read, Self::Archive];

    const fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Create => "create",
            Self::Update => "update",
            Self::Read => "read",
            Self::Archive => "archive",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.name() == name)
    }
}

fn route(method: &str, segments: &[&str], by: Option<String>) -> Option<Endpoint> {
    let (area, version, rest) = match segments {
        ["crm", area, version, rest @ ..] => (*area, version, rest),
        ["account-info", version, rest @ ..] => ("account", version, rest),
        _ => return None,
    };
    if !VERSIONS.contains(version) {
        return None;
    }
    match area {
        "objects" => objects(method, rest, by),
        "associations" => associations(method, rest),
        "properties" => properties(method, rest),
        "pipelines" => pipelines(method, rest),
        "account" => account(method, rest),
        _ => None,
    }
}

fn objects(method: &str, rest: &[&str], by: Option<String>) -> Option<Endpoint> {
    let kind = Kind::of_segment(rest.first()?)?;
    match (method, &rest[1..]) {
        ("POST", []) => Some(Endpoint::Create { kind }),
        ("GET", []) => Some(Endpoint::List { kind }),
        ("POST", ["batch", op]) => Some(Endpoint::Batch { kind, op: BatchOp::of(op)? }),
        ("POST", ["search"]) => Some(Endpoint::Search { kind }),
        ("POST", ["merge"]) if kind == Kind::Contact => Some(Endpoint::Merge),
        ("POST", ["gdpr-delete"]) if kind == Kind::Contact => Some(Endpoint::GdprDelete),
        (_, ["search" | "merge" | "gdpr-delete" | "batch"]) => None,
        ("GET", [id]) => Some(Endpoint::Get { kind, id: (*id).into(), by }),
        ("PATCH", [id]) => Some(Endpoint::Update { kind, id: (*id).into(), by }),
        ("DELETE", [id]) => Some(Endpoint::Archive { kind, id: (*id).into() }),
        ("PUT", [id, "associations", "default", to, to_id]) => {
            let to = (Kind::of_segment(to)?, (*to_id).into());
            Some(Endpoint::Associate { from: (kind, (*id).into()), to })
        }
        _ => None,
    }
}

fn associations(method: &str, rest: &[&str]) -> Option<Endpoint> {
    match (method, rest) {
        ("POST", [from, to, "batch", "associate", "default"]) => {
            Some(Endpoint::AssociateMany { from: Kind::of_segment(from)?, to: Kind::of_segment(to)? })
        }
        _ => None,
    }
}

fn properties(method: &str, rest: &[&str]) -> Option<Endpoint> {
    let kind = Kind::of_segment(rest.first()?)?;
    match (method, &rest[1..]) {
        ("GET", []) => Some(Endpoint::Properties { kind }),
        ("POST", []) => Some(Endpoint::CreateProperty { kind }),
        ("POST", ["batch", "create"]) => Some(Endpoint::CreateProperties { kind }),
        ("GET", ["groups"]) => Some(Endpoint::Groups { kind }),
        ("POST", ["groups"]) => Some(Endpoint::CreateGroup { kind }),
        (_, ["groups"]) => None,
        ("GET", [name]) => Some(Endpoint::Property { kind, name: (*name).into() }),
        ("PATCH", [name]) => Some(Endpoint::ChangeProperty { kind, name: (*name).into() }),
        _ => None,
    }
}

fn pipelines(method: &str, rest: &[&str]) -> Option<Endpoint> {
    Kind::of_segment(rest.first()?).filter(|kind| *kind == Kind::Deal)?;
    match (method, &rest[1..]) {
        ("GET", []) => Some(Endpoint::Pipelines),
        ("POST", []) => Some(Endpoint::CreatePipeline),
        ("GET", [id]) => Some(Endpoint::Pipeline { id: (*id).into() }),
        ("POST", [id, "stages"]) => Some(Endpoint::CreateStage { pipeline: (*id).into() }),
        _ => None,
    }
}

fn account(method: &str, rest: &[&str]) -> Option<Endpoint> {
    match (method, rest) {
        ("GET", ["details"]) => Some(Endpoint::Account),
        ("GET", ["api-usage", "daily", "private-apps"]) => Some(Endpoint::Usage),
        _ => None,
    }
}
