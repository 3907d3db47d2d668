//! The zip of a function, as Lambda wants it: one executable called `bootstrap`.

use std::io::{Cursor, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// Zips a built function.
pub(crate) fn zipped(binary: &Path) -> Result<Vec<u8>> {
    let program = std::fs::read(binary).with_context(|| format!("{} was not built", binary.display()))?;
    // A development build is large, and this machine unpacks it again in a moment: packing it would only cost time.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bootstrap", options)?;
    archive.write_all(&program)?;
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_zip_holds_one_executable_bootstrap() {
        let this_test = std::env::current_exe().unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(zipped(&this_test).unwrap())).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name("bootstrap").unwrap();
        assert_eq!(entry.unix_mode().unwrap() & 0o777, 0o755);
        let mut program = Vec::new();
        entry.read_to_end(&mut program).unwrap();
        assert_eq!(program, std::fs::read(this_test).unwrap());
    }

    #[test]
    fn a_function_that_was_not_built_is_named() {
        let error = zipped(Path::new("/nowhere/worker")).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/worker was not built");
    }
}
