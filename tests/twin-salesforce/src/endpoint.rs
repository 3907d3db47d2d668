//! Which endpoint a call is for: the one table of method and path.

use crate::{call::Call, refusal::Refusal, standard};

/// How a path names a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Id(String),
    Key { field: String, value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CollectionOp {
    Create,
    Update,
    Delete,
}

/// One step of a bulk job, of loads and of queries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobStep {
    Make,
    Get(String),
    Upload(String),
    Change(String),
    Delete(String),
    /// Which of the results.
    Results(String, String),
}

/// What endpoints are counted under, behind the object type of their path where they have one.
const NAMES: [&str; 14] = [
    "token",
    "identity",
    "versions",
    "limits",
    "objects",
    "composite",
    "query",
    "queryAll",
    "query/more",
    "tooling/query",
    "tooling/fields/create",
    "collections/create",
    "collections/update",
    "collections/delete",
];
const OF_OBJECTS: [&str; 9] = [
    "describe",
    "rows/create",
    "rows/get",
    "rows/update",
    "rows/upsert",
    "rows/delete",
    "collections/upsert",
    "collections/retrieve",
    "jobs/ingest/rows",
];
const STEPS: [&str; 6] = ["create", "get", "upload", "change", "delete", "results"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Token,
    /// Who a session is.
    Identity,
    Versions,
    Limits,
    Objects,
    Describe {
        object: String,
    },
    Create {
        object: String,
    },
    Get {
        object: String,
        address: Address,
    },
    Update {
        object: String,
        id: String,
    },
    Upsert {
        object: String,
        field: String,
        value: String,
    },
    Delete {
        object: String,
        address: Address,
    },
    Collection(CollectionOp),
    CollectionUpsert {
        object: String,
        field: String,
    },
    Retrieve {
        object: String,
    },
    Composite,
    Query {
        all: bool,
        tooling: bool,
    },
    More {
        cursor: String,
    },
    CreateField,
    Ingest(JobStep),
    QueryJob(JobStep),
}

impl Endpoint {
    /// The endpoint of a call, and the version in its path.
    ///
    /// # Errors
    /// 404 for a path or version that is not there, 405 for a wrong method.
    pub(crate) fn of(call: &Call, newest: u32) -> Result<(Self, u32), Refusal> {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        match (call.method.as_str(), segments.as_slice()) {
            ("POST", ["services", "oauth2", "token"]) => Ok((Self::Token, newest)),
            ("GET", ["services", "oauth2", "userinfo"] | ["id", _, _]) => Ok((Self::Identity, newest)),
            ("GET", ["services", "data"]) => Ok((Self::Versions, newest)),
            (method, ["services", "data", version, rest @ ..]) => {
                let version = number(version).filter(|version| (20..=newest).contains(version));
                let version = version.ok_or_else(Refusal::not_found)?;
                Ok((resource(method, rest)?, version))
            }
            _ => Err(Refusal::not_found()),
        }
    }

    /// Whether an endpoint is counted under this name, or under one that ends with it after a slash.
    pub(crate) fn is_name(name: &str) -> bool {
        let of_jobs =
            ["ingest", "query"].into_iter().flat_map(|kind| STEPS.map(|step| format!("jobs/{kind}/{step}")));
        let objects = standard::OBJECTS
            .iter()
            .flat_map(|(object, _)| OF_OBJECTS.map(|rest| format!("{object}/{rest}")));
        let all = NAMES.map(str::to_owned).into_iter().chain(of_jobs).chain(objects);
        all.into_iter().any(|whole| whole == name || whole.ends_with(&format!("/{name}")))
    }

    /// The name it is counted under; the object type of the path stands before it.
    pub(crate) fn name(&self) -> String {
        let of = |object: &str, rest: &str| format!("{object}/{rest}");
        let step = |step: &JobStep| match step {
            JobStep::Make => "create",
            JobStep::Get(_) => "get",
            JobStep::Upload(_) => "upload",
            JobStep::Change(_) => "change",
            JobStep::Delete(_) => "delete",
            JobStep::Results(..) => "results",
        };
        match self {
            Self::Token => "token".into(),
            Self::Identity => "identity".into(),
            Self::Versions => "versions".into(),
            Self::Limits => "limits".into(),
            Self::Objects => "objects".into(),
            Self::Describe { object } => of(object, "describe"),
            Self::Create { object } => of(object, "rows/create"),
            Self::Get { object, .. } => of(object, "rows/get"),
            Self::Update { object, .. } => of(object, "rows/update"),
            Self::Upsert { object, .. } => of(object, "rows/upsert"),
            Self::Delete { object, .. } => of(object, "rows/delete"),
            Self::Collection(CollectionOp::Create) => "collections/create".into(),
            Self::Collection(CollectionOp::Update) => "collections/update".into(),
            Self::Collection(CollectionOp::Delete) => "collections/delete".into(),
            Self::CollectionUpsert { object, .. } => of(object, "collections/upsert"),
            Self::Retrieve { object } => of(object, "collections/retrieve"),
            Self::Composite => "composite".into(),
            Self::Query { tooling: true, .. } => "tooling/query".into(),
            Self::Query { all: true, .. } => "queryAll".into(),
            Self::Query { .. } => "query".into(),
            Self::More { .. } => "query/more".into(),
            Self::CreateField => "tooling/fields/create".into(),
            Self::Ingest(one) => format!("jobs/ingest/{}", step(one)),
            Self::QueryJob(one) => format!("jobs/query/{}", step(one)),
        }
    }
}

/// `v66.0` is 66.
fn number(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.strip_suffix(".0")?.parse().ok()
}

fn resource(method: &str, rest: &[&str]) -> Result<Endpoint, Refusal> {
    if let Some(endpoint) = route(method, rest) {
        return Ok(endpoint);
    }
    let others = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let elsewhere = others.into_iter().filter(|other| route(other, rest).is_some());
    let allowed: Vec<&str> = elsewhere.collect();
    if allowed.is_empty() {
        return Err(Refusal::not_found());
    }
    let words = format!("HTTP Method '{method}' not allowed. Allowed are {}", allowed.join(","));
    Err(Refusal::new(405, "METHOD_NOT_ALLOWED", words))
}

fn route(method: &str, rest: &[&str]) -> Option<Endpoint> {
    match (method, rest) {
        ("GET", ["limits"]) => Some(Endpoint::Limits),
        ("GET", ["query" | "queryAll", cursor]) => Some(Endpoint::More { cursor: (*cursor).into() }),
        ("GET", ["query"]) => Some(Endpoint::Query { all: false, tooling: false }),
        ("GET", ["queryAll"]) => Some(Endpoint::Query { all: true, tooling: false }),
        ("GET", ["tooling", "query"]) => Some(Endpoint::Query { all: false, tooling: true }),
        ("POST", ["tooling", "sobjects", "CustomField"]) => Some(Endpoint::CreateField),
        (_, ["sobjects", rest @ ..]) => sobjects(method, rest),
        (_, ["composite", rest @ ..]) => composite(method, rest),
        (_, ["jobs", "ingest", rest @ ..]) => ingest(method, rest).map(Endpoint::Ingest),
        (_, ["jobs", "query", rest @ ..]) => query_job(method, rest).map(Endpoint::QueryJob),
        _ => None,
    }
}

fn sobjects(method: &str, rest: &[&str]) -> Option<Endpoint> {
    let named = |object: &str| object.to_owned();
    let key = |field: &str, value: &str| Address::Key { field: field.to_owned(), value: value.to_owned() };
    match (method, rest) {
        ("GET", []) => Some(Endpoint::Objects),
        ("GET", [object, "describe"]) => Some(Endpoint::Describe { object: named(object) }),
        (_, [_, "describe"]) => None,
        ("POST", [object]) => Some(Endpoint::Create { object: named(object) }),
        ("GET", [object, id]) => {
            Some(Endpoint::Get { object: named(object), address: Address::Id(named(id)) })
        }
        ("PATCH", [object, id]) => Some(Endpoint::Update { object: named(object), id: named(id) }),
        ("DELETE", [object, id]) => {
            Some(Endpoint::Delete { object: named(object), address: Address::Id(named(id)) })
        }
        ("GET", [object, field, value]) => {
            Some(Endpoint::Get { object: named(object), address: key(field, value) })
        }
        ("DELETE", [object, field, value]) => {
            Some(Endpoint::Delete { object: named(object), address: key(field, value) })
        }
        ("PATCH", [object, field, value]) => {
            Some(Endpoint::Upsert { object: named(object), field: named(field), value: named(value) })
        }
        _ => None,
    }
}

fn composite(method: &str, rest: &[&str]) -> Option<Endpoint> {
    match (method, rest) {
        ("POST", []) => Some(Endpoint::Composite),
        ("POST", ["sobjects"]) => Some(Endpoint::Collection(CollectionOp::Create)),
        ("PATCH", ["sobjects"]) => Some(Endpoint::Collection(CollectionOp::Update)),
        ("DELETE", ["sobjects"]) => Some(Endpoint::Collection(CollectionOp::Delete)),
        ("POST", ["sobjects", object]) => Some(Endpoint::Retrieve { object: (*object).into() }),
        ("PATCH", ["sobjects", object, field]) => {
            Some(Endpoint::CollectionUpsert { object: (*object).into(), field: (*field).into() })
        }
        _ => None,
    }
}

fn ingest(method: &str, rest: &[&str]) -> Option<JobStep> {
    match (method, rest) {
        ("POST", []) => Some(JobStep::Make),
        ("GET", [id]) => Some(JobStep::Get((*id).into())),
        ("PATCH", [id]) => Some(JobStep::Change((*id).into())),
        ("DELETE", [id]) => Some(JobStep::Delete((*id).into())),
        ("PUT", [id, "batches"]) => Some(JobStep::Upload((*id).into())),
        ("GET", [id, which @ ("successfulResults" | "failedResults" | "unprocessedrecords")]) => {
            Some(JobStep::Results((*id).into(), (*which).into()))
        }
        _ => None,
    }
}

fn query_job(method: &str, rest: &[&str]) -> Option<JobStep> {
    match (method, rest) {
        ("POST", []) => Some(JobStep::Make),
        ("GET", [id]) => Some(JobStep::Get((*id).into())),
        ("PATCH", [id]) => Some(JobStep::Change((*id).into())),
        ("DELETE", [id]) => Some(JobStep::Delete((*id).into())),
        ("GET", [id, "results"]) => Some(JobStep::Results((*id).into(), "results".into())),
        _ => None,
    }
}
