//! What the functions logged, brought to where a person can read it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use crate::stand::aws::Aws;
use crate::stand::stack::STACK;
use crate::stand::template::FUNCTIONS;

/// Writes one file for each function, and answers the folder they are in.
pub(crate) async fn collect(aws: &Aws, folder: &Path) -> Result<PathBuf> {
    let logs = folder.join("logs");
    tokio::fs::create_dir_all(&logs).await?;
    for function in FUNCTIONS {
        let text = lines(aws, &format!("/aws/lambda/{STACK}-{function}")).await?;
        tokio::fs::write(logs.join(format!("{function}.log")), text).await?;
    }
    Ok(logs)
}

async fn lines(aws: &Aws, group: &str) -> Result<String> {
    let mut text = String::new();
    let mut asked = json!({"logGroupName": group});
    loop {
        let answer = aws.json("logs", "Logs_20140328.FilterLogEvents", &asked).await?;
        for event in answer["events"].as_array().into_iter().flatten() {
            text.push_str(event["message"].as_str().unwrap_or_default().trim_end());
            text.push('\n');
        }
        if answer["nextToken"].is_null() {
            return Ok(text);
        }
        asked["nextToken"] = answer["nextToken"].clone();
    }
}
