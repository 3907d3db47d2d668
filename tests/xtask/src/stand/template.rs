//! The real template, with the places of its code filled in: the part of `sam package` that the stand needs.

use anyhow::{Result, ensure};

/// The functions, each named as its folder, its binary and the end of its `CodeUri`.
pub(crate) const FUNCTIONS: [&str; 6] = ["receiver", "worker", "actions", "reconcile", "due", "replay"];

/// The template with each `CodeUri: functions/<name>` replaced by the object in `bucket` that holds its zip.
///
/// Nothing else is touched. A function that is in the template and not in [`FUNCTIONS`], or the other way round, is
/// an error: it would be deployed without its code.
pub(crate) fn packaged(template: &str, bucket: &str) -> Result<String> {
    let places = template.matches("CodeUri:").count();
    ensure!(places == FUNCTIONS.len(), "template.yaml has {places} CodeUri, the stand knows {FUNCTIONS:?}");
    let mut text = template.to_owned();
    for function in FUNCTIONS {
        let place = format!("CodeUri: functions/{function}\n");
        ensure!(text.matches(&place).count() == 1, "template.yaml has no `{}` of its own", place.trim());
        text = text.replace(&place, &format!("CodeUri: s3://{bucket}/{}\n", object(function)));
    }
    Ok(text)
}

/// The name of the object that holds a function's zip.
pub(crate) fn object(function: &str) -> String {
    format!("{function}.zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = include_str!("../../../../template.yaml");

    #[test]
    fn every_function_of_the_real_template_gets_its_zip() {
        let text = packaged(REAL, "code").unwrap();
        for function in FUNCTIONS {
            assert!(text.contains(&format!("CodeUri: s3://code/{function}.zip\n")), "{function}");
        }
    }

    #[test]
    fn nothing_but_the_code_is_changed() {
        let packaged = packaged(REAL, "code").unwrap();
        let changed = REAL.lines().zip(packaged.lines()).filter(|(before, after)| before != after);
        assert_eq!(changed.count(), FUNCTIONS.len());
        assert_eq!(REAL.lines().count(), packaged.lines().count());
    }

    #[test]
    fn a_function_without_code_is_refused() {
        let error = packaged(&REAL.replace("functions/replay", "functions/other"), "code").unwrap_err();
        assert_eq!(error.to_string(), "template.yaml has no `CodeUri: functions/replay` of its own");
        assert!(packaged("Resources: {}", "code").is_err());
    }

    #[test]
    fn the_template_is_small_enough_to_be_sent_inline() {
        assert!(packaged(REAL, "code").unwrap().len() < 51_200);
    }
}
