//! A bulk job, of loads and of queries: its states and what it says of itself.

use serde_json::{Value, json};

use crate::{answer::Answer, id, moment, refusal::Refusal, state::State, write::How};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobState {
    Open,
    UploadComplete,
    InProgress,
    JobComplete,
    Failed,
    Aborted,
}

impl JobState {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::UploadComplete => "UploadComplete",
            Self::InProgress => "InProgress",
            Self::JobComplete => "JobComplete",
            Self::Failed => "Failed",
            Self::Aborted => "Aborted",
        }
    }

    pub(crate) const fn is_over(self) -> bool {
        matches!(self, Self::JobComplete | Self::Failed | Self::Aborted)
    }

    const fn waits(self) -> bool {
        matches!(self, Self::UploadComplete | Self::InProgress)
    }
}

/// What became of one row of a load.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowEnd {
    Done {
        id: String,
        created: bool,
    },
    Failed {
        id: String,
        error: String,
    },
    Unprocessed,
    /// In none of the results.
    LeftOut,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) is_query: bool,
    pub(crate) operation: String,
    pub(crate) object: String,
    /// The key of an upsert.
    pub(crate) key: Option<String>,
    pub(crate) state: JobState,
    /// Polls until it is done.
    pub(crate) polls: u32,
    pub(crate) created_ms: i64,
    pub(crate) version: u32,
    /// What was uploaded, or the query.
    pub(crate) text: Option<String>,
    /// The first line, then what became of each row.
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<(Vec<String>, RowEnd)>,
    pub(crate) error: Option<String>,
}

impl Job {
    pub(crate) fn count(&self, is: impl Fn(&RowEnd) -> bool) -> usize {
        self.rows.iter().filter(|(_, end)| is(end)).count()
    }

    /// What the job says of itself.
    pub(crate) fn told(&self, user: &str) -> Value {
        let mut all = json!({
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": user,
            "createdDate": moment::shown(self.created_ms),
            "systemModstamp": moment::shown(self.created_ms),
            "state": self.state.name(),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": f64::from(self.version),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
        });
        if !self.is_query {
            all["contentUrl"] =
                json!(format!("services/data/v{}.0/jobs/ingest/{}/batches", self.version, self.id));
        }
        if let Some(key) = &self.key {
            all["externalIdFieldName"] = json!(key);
        }
        self.add_counts(&mut all);
        all
    }

    fn add_counts(&self, all: &mut Value) {
        if self.state == JobState::Open {
            return;
        }
        let failed = self.count(|end| matches!(end, RowEnd::Failed { .. }));
        let done = self.count(|end| matches!(end, RowEnd::Done { .. }));
        all["numberRecordsProcessed"] = json!(done + failed);
        all["retries"] = json!(0);
        all["totalProcessingTime"] = json!(0);
        if !self.is_query {
            all["numberRecordsFailed"] = json!(failed);
        }
        if let Some(error) = &self.error {
            all["errorMessage"] = json!(error);
        }
    }
}

/// A step that the job's state does not allow.
pub(crate) fn wrong_state(job: &Job, words: &str) -> Refusal {
    let words = format!("{words}, and the state is {}", job.state.name());
    Refusal::new(400, "INVALIDJOBSTATE", words)
}

pub(crate) fn invalid(words: impl Into<String>) -> Refusal {
    Refusal::new(400, "INVALIDJOB", words)
}

impl State {
    /// Keeps a new job; gives what it says of itself.
    pub(crate) fn open_job(&mut self, mut job: Job) -> Answer {
        job.id = self.next_of("750");
        let told = job.told(&self.user);
        self.jobs.insert(job.id.clone(), job);
        Answer::ok(told)
    }

    pub(crate) fn new_job(&self, is_query: bool, operation: &str, object: &str, how: &How) -> Job {
        Job {
            id: String::new(),
            is_query,
            operation: operation.to_owned(),
            object: object.to_owned(),
            key: None,
            state: if is_query { JobState::UploadComplete } else { JobState::Open },
            polls: self.settings.bulk_polls,
            created_ms: how.now_ms,
            version: how.version,
            text: None,
            header: Vec::new(),
            rows: Vec::new(),
            error: None,
        }
    }

    /// The job of this id and kind.
    pub(crate) fn job(&self, id: &str, is_query: bool) -> Result<&Job, Refusal> {
        let id = id::normal(id).unwrap_or_default();
        self.jobs.get(&id).filter(|job| job.is_query == is_query).ok_or_else(Refusal::not_found)
    }

    /// Asks after a job, which brings it nearer to its end; true when its work is to be done now.
    pub(crate) fn poll(&mut self, id: &str, is_query: bool) -> Result<bool, Refusal> {
        let id = self.job(id, is_query)?.id.clone();
        let Some(job) = self.jobs.get_mut(&id).filter(|job| job.state.waits()) else { return Ok(false) };
        if job.polls == 0 {
            return Ok(true);
        }
        job.polls -= 1;
        job.state = JobState::InProgress;
        Ok(false)
    }

    pub(crate) fn job_told(&self, id: &str, is_query: bool) -> Result<Answer, Refusal> {
        Ok(Answer::ok(self.job(id, is_query)?.told(&self.user)))
    }

    /// Takes a job away that is over, or was never started.
    pub(crate) fn drop_job(&mut self, id: &str, is_query: bool) -> Result<Answer, Refusal> {
        let job = self.job(id, is_query)?;
        if job.state.waits() {
            return Err(wrong_state(job, "only a job that is over can be deleted"));
        }
        let id = job.id.clone();
        self.jobs.remove(&id);
        Ok(Answer::Bare { status: 204 })
    }
}
