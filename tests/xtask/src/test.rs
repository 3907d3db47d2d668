//! `cargo xtask test`: every test, and then the promises on the local AWS.

use anyhow::{Context as _, Result};

use crate::checkout;
use crate::command::TestOptions;
use crate::demo;
use crate::demo::verdict::Verdict;
use crate::progress::title;
use crate::stand::vendor::Vendor;

/// Whether everything passed. The stand is only started for a workspace whose own tests pass.
pub(crate) async fn run(options: &TestOptions) -> Result<bool> {
    if !workspace().await? {
        return Ok(false);
    }
    if options.fast {
        return Ok(true);
    }
    let verdicts = demo::verdicts(Vendor::Hubspot).await?;
    println!("{}", report(&verdicts));
    Ok(verdicts.iter().all(|verdict| verdict.held))
}

async fn workspace() -> Result<bool> {
    title("Tests of the workspace");
    let mut tests = checkout::cargo();
    tests.args(["test", "--workspace"]);
    Ok(tests.status().await.context("cargo did not start")?.success())
}

/// The end-to-end run in the form of a test run.
fn report(verdicts: &[Verdict]) -> String {
    let line = |verdict: &Verdict| {
        let result = if verdict.held { "ok" } else { "FAILED" };
        format!("test stand::{} ... {result}", verdict.promise.replace(',', "").replace(' ', "_"))
    };
    let mut lines = vec![format!("running {} promises on the local AWS", verdicts.len())];
    lines.extend(verdicts.iter().map(line));
    lines.extend(verdicts.iter().filter(|verdict| !verdict.held).map(Verdict::line));
    let passed = verdicts.iter().filter(|verdict| verdict.held).count();
    lines.push(format!("\nend to end: {passed} passed, {} failed", verdicts.len() - passed));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_ends_with_its_counts() {
        let kept = Verdict::of("a duplicate changes nothing", &[], "x".into());
        let broken = Verdict::of("b", &["saw c".into()], String::new());
        let report = report(&[kept, broken]);
        assert!(report.contains("test stand::a_duplicate_changes_nothing ... ok"));
        assert!(report.contains("BROKEN b (saw c)"));
        assert!(report.ends_with("end to end: 1 passed, 1 failed"));
    }
}
