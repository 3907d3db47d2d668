//! The sample events that a person invokes the functions with.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::checkout;
use crate::demo::verdict::Verdict;
use crate::stand::Stand;

/// Invokes each function with its samples; an answer that is no answer to them is told.
pub(super) async fn plays(stand: &Stand) -> Result<Verdict> {
    let mut wrong = Vec::new();
    for (output, sample, is_answer) in SAMPLES {
        let event: Value =
            serde_json::from_str(&read(sample)?).with_context(|| format!("{sample} is not JSON"))?;
        match stand.aws.invoke(stand.outputs().get(output)?, &event).await {
            Ok(answer) if is_answer(&answer) => {}
            Ok(answer) => wrong.push(format!("{sample} was answered {answer}")),
            Err(trouble) => wrong.push(format!("{sample}: {trouble:#}")),
        }
    }
    let seen = format!("{} files of infra/events", SAMPLES.len());
    Ok(Verdict::of("the sample events are understood", &wrong, seen))
}

type Sample = (&'static str, &'static str, fn(&Value) -> bool);

/// Function, file, and what a right answer looks like.
const SAMPLES: [Sample; 15] = [
    ("WorkerFunction", "worker-batch.json", |answer| answer["batchItemFailures"] == json!([])),
    ("WorkerFunction", "worker-preview.json", |answer| answer["lines"].is_array()),
    ("WorkerFunction", "worker-preview-event.json", |answer| answer["lines"].is_array()),
    ("ActionsFunction", "actions-batch.json", |answer| answer["batchItemFailures"] == json!([])),
    ("ReceiverFunction", "receiver-webhook.json", |answer| answer["statusCode"] == 200),
    ("ReplayFunction", "replay-list.json", |answer| answer["from"] == "dead" && answer["looked_at"].is_u64()),
    ("ReplayFunction", "replay-list-parked.json", |answer| answer["from"] == "parked"),
    ("ReplayFunction", "replay-preview.json", |answer| answer["action"] == "preview"),
    ("ReplayFunction", "replay.json", |answer| answer["action"] == "replay"),
    ("DueFunction", "due.json", |answer| answer["dry_run"] == true && answer["shops"][0]["sent"] == 0),
    ("ReconcileFunction", "reconcile-schedule.json", |answer| answer["shops"].is_array()),
    ("ReconcileFunction", "reconcile-count.json", |answer| answer["shops"].is_array()),
    ("ReconcileFunction", "reconcile-status.json", |answer| answer["shops"][0]["state"] == "standing"),
    ("ReconcileFunction", "reconcile-watch.json", |answer| answer["shops"][0]["state"] == "not_watched"),
    ("ReconcileFunction", "reconcile-report.json", |answer| answer["shops"][0]["state"] == "page"),
];

fn read(sample: &str) -> Result<String> {
    let file = checkout::root().join("infra").join("events").join(sample);
    std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_invoked() {
        let folder = checkout::root().join("infra").join("events");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut files: Vec<_> = files.map(|name| name.into_string().unwrap()).collect();
        let mut invoked: Vec<_> = SAMPLES.iter().map(|(_, sample, _)| (*sample).to_owned()).collect();
        files.sort_unstable();
        invoked.sort_unstable();
        assert_eq!(files, invoked);
    }
}
