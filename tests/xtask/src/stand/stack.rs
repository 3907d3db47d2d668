//! The stack: the template created through `CloudFormation`, and what it says about itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::stand::aws::Aws;

/// The name of the stack, and the beginning of the names of its functions.
pub(crate) const STACK: &str = "counterfoil";
const CREATED_WITHIN: Duration = Duration::from_mins(2);

/// The outputs of a created stack, by the names template.yaml gives them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Outputs(BTreeMap<String, String>);

impl Outputs {
    /// One output.
    pub(crate) fn get(&self, name: &str) -> Result<&str> {
        self.0.get(name).map(String::as_str).with_context(|| format!("template.yaml has no output {name}"))
    }
}

/// Creates the stack and waits until it is there.
pub(crate) async fn create(aws: &Aws, template: &str, parameters: &[(&str, String)]) -> Result<Outputs> {
    aws.query("cloudformation", &creation(template, parameters)).await?;
    let began = Instant::now();
    while began.elapsed() < CREATED_WITHIN {
        let answer = aws.query("cloudformation", &about_the_stack("DescribeStacks")).await?;
        match between(&answer, "StackStatus").next() {
            Some("CREATE_COMPLETE") => return Ok(outputs(&answer)),
            Some("CREATE_IN_PROGRESS") | None => tokio::time::sleep(Duration::from_millis(100)).await,
            Some(status) => bail!("the stack ended as {status}:\n{}", failures(aws).await?),
        }
    }
    bail!("the stack was not created within two minutes:\n{}", failures(aws).await?)
}

fn creation(template: &str, parameters: &[(&str, String)]) -> Vec<(String, String)> {
    let mut form = about_the_stack("CreateStack");
    form.push(("TemplateBody".into(), template.to_owned()));
    for (place, capability) in ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"].iter().enumerate() {
        form.push((format!("Capabilities.member.{}", place + 1), (*capability).to_owned()));
    }
    for (place, (name, value)) in parameters.iter().enumerate() {
        form.push((format!("Parameters.member.{}.ParameterKey", place + 1), (*name).to_owned()));
        form.push((format!("Parameters.member.{}.ParameterValue", place + 1), value.clone()));
    }
    form
}

fn about_the_stack(action: &str) -> Vec<(String, String)> {
    let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![of("Action", action), of("Version", "2010-05-15"), of("StackName", STACK)]
}

async fn failures(aws: &Aws) -> Result<String> {
    let answer = aws.query("cloudformation", &about_the_stack("DescribeStackEvents")).await?;
    let events = between(&answer, "member").filter(|event| event.contains("_FAILED"));
    let words = events.map(|event| {
        let of = |name| between(event, name).next().unwrap_or("?");
        format!("  {}: {}", of("LogicalResourceId"), of("ResourceStatusReason"))
    });
    Ok(words.collect::<Vec<_>>().join("\n"))
}

fn outputs(answer: &str) -> Outputs {
    let keys = between(answer, "OutputKey").map(plain);
    Outputs(keys.zip(between(answer, "OutputValue").map(plain)).collect())
}

/// What stands between the tags of one name, in order. Enough for answers that carry no attributes and never nest
/// an element in one of its own name, as these of `CloudFormation` do not where we look.
fn between<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let end = format!("</{name}>");
    xml.split(&format!("<{name}>"))
        .skip(1)
        .filter_map(move |rest| rest.split_once(&end).map(|(inside, _)| inside))
        .collect::<Vec<_>>()
        .into_iter()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_read_by_name() {
        let answer = "<Stack><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>\
            <member><OutputKey>A</OutputKey><OutputValue>http://x/?a=1&amp;b=2</OutputValue></member>\
            <member><OutputKey>B</OutputKey><OutputValue>two</OutputValue></member></Outputs></Stack>";
        let outputs = outputs(answer);
        assert_eq!(outputs.get("A").unwrap(), "http://x/?a=1&b=2");
        assert_eq!(outputs.get("B").unwrap(), "two");
        assert_eq!(outputs.get("C").unwrap_err().to_string(), "template.yaml has no output C");
    }

    #[test]
    fn parameters_are_numbered_from_one() {
        let form = creation("Resources: {}", &[("A", "1".into()), ("B", "2".into())]);
        assert!(form.contains(&("Parameters.member.1.ParameterKey".into(), "A".into())));
        assert!(form.contains(&("Parameters.member.2.ParameterValue".into(), "2".into())));
    }
}
